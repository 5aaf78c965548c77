"""Benchmarks that alter what they work on: they get a copy of the company."""

from contextlib import ExitStack

from benchmarks.runner import Benchmark
from benchmarks.world import World


class OnCopy(Benchmark):
    """Calls `begin` with a copy of the world, which is dropped at the end."""

    world: World

    def prepare(self, world: World) -> None:
        self._copies = ExitStack()
        self.world = self._copies.enter_context(world.copy())
        self.begin()

    def begin(self) -> None:
        """What `prepare` is to others; sets `amount`."""

    def tidy(self) -> None:
        self._copies.close()
