"""Pages and answers of the web server beside views that do as little as can be done.

Compared is the CPU time that web processes, PostgreSQL and Valkey spend on a request: so many requests a
second come out of a core, however busy the machine is with something else.
"""

import time
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

from benchmarks import contest
from benchmarks.browsing import Question, Site, signed_in
from benchmarks.copying import OnCopy
from benchmarks.runner import Figure, Side, Target, share


class OnSite(OnCopy):
    """With the web server on a copy of the company, in which a contest is held."""

    unit = "requests"

    def begin(self) -> None:
        self.contest = contest.hold(self.world)
        self._folder = TemporaryDirectory()
        self.site = Site(self.world, Path(self._folder.name, "server.log"))
        self._copies.callback(self._folder.cleanup)
        self._copies.callback(self.site.close)

    def processes(self) -> Iterable[int]:
        return [self.site.process.pid]


class Page(OnSite):
    """One address beside a floor's, asked by several people at once, again and again."""

    path: ClassVar[str] = ""  # below the campaign's
    floor_path: ClassVar[str]
    requests: ClassVar[int] = 240  # of all readers together

    def begin(self) -> None:
        super().begin()
        self.times = self.requests // contest.READERS
        self.amount = self.times * contest.READERS
        self.questions = {"operation": self.asked(), "floor": self.asked_of_floor()}
        self.rates: dict[Side, list[float]] = {"operation": [], "floor": []}

    def asked(self) -> list[Question]:
        return [signed_in(user, self.address) for user in self.contest.readers]

    def asked_of_floor(self) -> list[Question]:
        return [signed_in(user, self.floor_path) for user in self.contest.readers]

    @property
    def address(self) -> str:
        return self.contest.url + self.path

    def operation(self) -> float:
        return self._spent("operation")

    def floor(self) -> float:
        return self._spent("floor")

    def _spent(self, side: Side) -> float:
        """CPU seconds."""
        questions = self.questions[side]
        self.site.ask_all(questions, 2)  # the other side's turn may have taken longer than anything is kept
        before, began = self.site.cpu_seconds(), time.perf_counter()
        self.site.ask_all(questions, self.times)
        self.rates[side].append(self.amount / (time.perf_counter() - began))
        return self.site.cpu_seconds() - before

    def figures(self) -> Iterable[Figure]:
        rates = {side: sorted(measured)[len(measured) // 2] for side, measured in self.rates.items()}
        yield Figure("requests a second, client on the same machine", rates["operation"], "")
        yield Figure("the floor's requests a second", rates["floor"], "")


class Board(Page):
    name = "web-board"
    measures = "the board with one's own place and neighbours, signed in"
    against = "an empty view, signed in"
    target: ClassVar[Target | None] = share(0.8)
    floor_path = "/floor/empty/"


class Unchanged(Page):
    name = "web-board-unchanged"
    measures = "the board asked for again, and unchanged"
    against = "a view that answers 304, signed in"
    target = share(0.9)
    floor_path = "/floor/unchanged/"

    def asked(self) -> list[Question]:
        return [question.if_changed(self.site.ask(question)) for question in super().asked()]


class Api(Page):
    name = "web-api"
    measures = "the public places as JSON"
    against = "a view that writes 100 dictionaries with orjson, signed in"
    target = share(0.6)
    floor_path = "/floor/places/"

    @property
    def address(self) -> str:
        return f"/api/v1/campaigns/{self.contest.campaign.slug}/board/"


class Contacts(Page):
    name = "web-contacts"
    measures = f"my page with {contest.MANY_TIES} contacts"
    against = "one indexed SELECT of as many ties and a template of the same size, signed in"
    target = share(0.5)
    path = "me/"
    requests = 48

    def asked(self) -> list[Question]:
        return [signed_in(self.contest.readers[0], self.address) for _ in range(contest.READERS)]

    def asked_of_floor(self) -> list[Question]:
        plain = Question(self.address, self.asked()[0].headers | {"Accept-Encoding": "identity"})
        path = f"/floor/ties/?bytes={len(self.site.ask(plain).body)}"
        return [signed_in(self.contest.readers[0], path) for _ in range(contest.READERS)]


class Deep(Page):
    name = "web-deep"
    measures = "HR's board at the middle of all ranks"
    against = "its top page"
    target = share(0.9)
    requests = 48

    @property
    def address(self) -> str:
        ranked = self.contest.run.standings.order_by("rank", "employee_id")
        middle = ranked[ranked.count() // 2]
        passed = ranked.filter(rank=middle.rank, employee_id__lte=middle.employee_id).count()
        return f"{self.contest.url}?view=live&after={middle.rank}-{passed}"

    def asked(self) -> list[Question]:
        return [signed_in(self.contest.hr, self.address) for _ in range(contest.READERS)]

    def asked_of_floor(self) -> list[Question]:
        top = f"{self.contest.url}?view=live"
        return [signed_in(self.contest.hr, top) for _ in range(contest.READERS)]
