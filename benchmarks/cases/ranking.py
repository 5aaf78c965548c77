"""Rankings: everybody counted, beside one bare statement over the same pairs."""

from apps.activity.sql import note_arrival
from apps.ranking import services
from benchmarks.floors import ranking as bare
from benchmarks.runner import Benchmark, Side, times
from benchmarks.world import World


class Month(Benchmark):
    name = "ranking-30"
    measures = "full ranking of a window of 30 days, run written and committed"
    against = "one SELECT over the same pairs as two bigints, counted and ranked"
    unit = "ties"
    target = times(2)
    window_days = 30

    def prepare(self, world: World) -> None:
        self.amount, self.now = world.ties, world.now
        self.campaign = world.month if self.window_days == 30 else world.year
        self.select = bare.select(world.size.days, self.window_days)

    def before(self, side: Side) -> None:
        note_arrival()

    def operation(self) -> None:
        assert services.refresh(self.campaign, now=self.now) is not None

    def floor(self) -> None:
        bare.rank(self.select)


class Year(Month):
    name = "ranking-365"
    measures = "full ranking of a window of 365 days, run written and committed"
    target = times(3)
    window_days = 365
