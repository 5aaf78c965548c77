"""Whether pages care how large the company is."""

from abc import abstractmethod
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import contest
from benchmarks.browsing import Question, Site, signed_in
from benchmarks.runner import Benchmark, Side, times
from benchmarks.world import World, open_world

REQUESTS = 240  # of all readers together


class Larger(Benchmark):
    """The same address on two web servers; the operation's company has ten times the people of the floor's."""

    against = "the same in this company"
    unit = "requests"
    target = times(1.2)
    makes_larger = True

    @abstractmethod
    def address(self, held: contest.Contest) -> str:
        """Of what is asked for."""

    def prepare(self, world: World) -> None:
        self.amount = REQUESTS // contest.READERS * contest.READERS
        self._stack = ExitStack()
        folder = Path(self._stack.enter_context(TemporaryDirectory()))
        self.sites: dict[Side, Site] = {}
        self.questions: dict[Side, list[Question]] = {}
        larger = open_world(world.size.ten_times(), world.seed)
        worlds: dict[Side, World] = {"operation": larger, "floor": world}
        for side, original in worlds.items():
            original.use()
            self._open(side, self._stack.enter_context(original.copy()), folder)

    def _open(self, side: Side, copied: World, folder: Path) -> None:
        held = contest.hold(copied)
        self.questions[side] = [signed_in(user, self.address(held)) for user in held.readers]
        self.sites[side] = Site(copied, folder / f"{side}.log")
        self._stack.callback(self.sites[side].close)

    def operation(self) -> float:
        return self._cpu_seconds("operation")

    def floor(self) -> float:
        return self._cpu_seconds("floor")

    def _cpu_seconds(self, side: Side) -> float:
        site, questions = self.sites[side], self.questions[side]
        site.ask_all(questions, 2)
        before = site.cpu_seconds()
        site.ask_all(questions, int(self.amount) // len(questions))
        return site.cpu_seconds() - before

    def tidy(self) -> None:
        self._stack.close()


class LargerBoard(Larger):
    name = "ten-times-board"
    measures = (
        "the board with one's own place and neighbours in a company of ten times the people, in CPU time"
    )

    def address(self, held: contest.Contest) -> str:
        return held.url


class LargerPlace(Larger):
    name = "ten-times-place"
    measures = "one's own place as JSON in a company of ten times the people, in CPU time"

    def address(self, held: contest.Contest) -> str:
        return f"/api/v1/campaigns/{held.campaign.slug}/me/"
