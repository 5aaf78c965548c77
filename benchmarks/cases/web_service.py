"""The web server around a new ranking, and what it takes: time to start, memory, connections, bytes."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import replace

from apps.activity.sql import note_arrival
from benchmarks import contest, server
from benchmarks.browsing import Question, signed_in
from benchmarks.cases.web_pages import OnSite
from benchmarks.memory import family_pss
from benchmarks.runner import Figure, Side, Target, times

CROWD = 200
MANY_REQUESTS = 10_000
KEPT_SECONDS = 1  # a web process may show for so long what it has read before
RANK = (  # as the worker does
    "import django; django.setup(); from apps.ranking.tasks import refresh_campaign as ranking; ranking.apply([{}])"
)
ASSET = re.compile(rb'(?:href|src)="(/static/[^"]+)"')


class AfterRanking(OnSite):
    """The operation meets a run that nobody has looked at yet, the floor one that everybody has seen."""

    def begin(self) -> None:
        super().begin()
        each = min(CROWD, self.world.ties // 10) // contest.READERS
        self.crowd = [signed_in(user, self.contest.url) for user in self.contest.readers for _ in range(each)]

    def before(self, side: Side) -> None:
        self.amount = len(self.crowd)
        if side == "operation":
            note_arrival()
            command = [sys.executable, "-c", RANK.format(self.contest.campaign.pk)]
            subprocess.run(command, env=os.environ | _program(self), check=True, capture_output=True)
            time.sleep(KEPT_SECONDS)
        else:
            self.site.ask_all(self.crowd, 1)


class FirstHit(AfterRanking):
    name = "web-first-hit"
    measures = "one's board for the first time after a ranking, until the answer is there"
    against = "the same board once more"
    target = times(2)

    def before(self, side: Side) -> None:
        super().before(side)
        self.amount = 1

    def operation(self) -> float:
        return self._seconds()

    def floor(self) -> float:
        return self._seconds()

    def _seconds(self) -> float:
        began = time.perf_counter()
        self.site.ask(self.crowd[-1])
        return time.perf_counter() - began


class Herd(AfterRanking):
    name = "web-herd"
    measures = f"{CROWD} readers at once after a ranking, in CPU time"
    against = "the same readers once more"
    target = times(2)

    def operation(self) -> float:
        return self._cpu_seconds()

    def floor(self) -> float:
        return self._cpu_seconds()

    def _cpu_seconds(self) -> float:
        before = self.site.cpu_seconds()
        self.site.ask_all(self.crowd, 1)
        return self.site.cpu_seconds() - before


class Service(OnSite):
    name = "web-service"
    measures = "the board by the thousand, until the answers are there"
    unit = "requests"
    rounds = 1
    warms_up = False

    def begin(self) -> None:
        super().begin()
        self.questions = [signed_in(user, self.contest.url) for user in self.contest.readers]
        self.amount = min(MANY_REQUESTS, self.world.ties) // len(self.questions) * len(self.questions)
        self.site.ask_all(self.questions, 1)
        self.memory_before = family_pss([self.site.process.pid])

    def operation(self) -> None:
        self.site.ask_all(self.questions, int(self.amount) // len(self.questions))

    def figures(self) -> Iterable[Figure]:
        yield Figure("from the start of the web server to its first page", self.site.seconds_to_start, "s")
        yield Figure("memory of the web server, fresh", self.memory_before / 1e6, "MB")
        after = family_pss([self.site.process.pid]) / 1e6
        yield Figure(f"memory of the web server after {self.amount:,.0f} requests", after, "MB")
        held = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        yield Figure("connections to PostgreSQL held", float(server.value(held)), "")
        target = Target("figure", 60_000)
        yield Figure("first load of the board, with styles and script", self._first_load(), "bytes", target)

    def _first_load(self) -> float:
        """Bytes of bodies, as they were sent."""
        page = self.site.ask(self.questions[1])
        plain = replace(
            self.questions[1], headers=self.questions[1].headers | {"Accept-Encoding": "identity"}
        )
        assets = [path.decode() for path in ASSET.findall(self.site.ask(plain).body)]
        return len(page.body) + sum(len(self.site.ask(Question(path)).body) for path in assets)


def _program(case: OnSite) -> dict[str, str]:
    return case.world.environment() | {"DJANGO_SETTINGS_MODULE": "bonus_tracker.settings"}
