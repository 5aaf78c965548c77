"""Rankings: everybody counted, beside one bare statement over the same pairs."""

import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from typing import ClassVar

from celery import current_app
from django.conf import settings
from django.test import override_settings

from apps.activity.sql import note_arrival
from apps.campaigns.rule import Rule
from apps.ranking import services
from apps.ranking.what_if import what_if
from benchmarks import server
from benchmarks.copying import OnCopy
from benchmarks.floors import ranking as bare
from benchmarks.runner import Benchmark, Figure, Side, Target, seconds, times
from benchmarks.world import World, open_world

SHARDS = 8
CELERY = (
    "celery",
    "-A",
    "bonus_tracker",
    "worker",
    "-Q",
    "shards",
    "--pool",
    "solo",
    "--loglevel",
    "WARNING",
)
MANY_JOBS, NEWS_EVERY = 10_000, 200
WORK = """
import os, sys, django
django.setup()
from apps.activity.sql import note_arrival
from apps.ranking.tasks import refresh_campaign
from benchmarks.memory import pss
campaign, jobs, news_every = map(int, sys.argv[1:])
for job in range(jobs):
    if job % news_every == 0:
        note_arrival()
    refresh_campaign.apply([campaign])
    if job in (0, jobs - 1):
        print(pss(os.getpid()))
"""


class Month(Benchmark):
    name = "ranking-30"
    measures = "full ranking of a window of 30 days, colleagues left out, run written and committed"
    against = "one SELECT over the same pairs as two bigints, counted and ranked"
    unit = "ties"
    target: ClassVar[Target | None] = times(2)
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

    def figures(self) -> Iterable[Figure]:
        self.before("operation")
        yield Figure("WAL of a run", server.wal_of(self.operation) / 1e6, "MB")


class Year(Month):
    name = "ranking-365"
    measures = "full ranking of a window of 365 days, colleagues left out, run written and committed"
    target = times(3)
    window_days = 365


class Sharded(Month):
    name = "ranking-sharded"
    measures = f"the same ranking of 30 days in {SHARDS} shards, by one worker"
    against = "the same ranking in one piece"
    target = None

    def operation(self) -> None:
        with override_settings(RANKING_SHARDS=SHARDS):
            assert services.refresh(self.campaign, now=self.now) is not None

    def floor(self) -> None:
        assert services.refresh(self.campaign, now=self.now) is not None


class Together(Sharded):
    """workers: with whoever ranks, which counts along."""

    name = ""
    workers: ClassVar[int]
    hands: Sequence[subprocess.Popen[bytes]] = ()

    def prepare(self, world: World) -> None:
        super().prepare(world)
        environment = os.environ | world.environment() | {"REDIS_PREFIX": settings.REDIS_PREFIX}
        environment["DJANGO_SETTINGS_MODULE"] = "bonus_tracker.settings"
        names = [f"hand-{number}" for number in range(1, self.workers)]
        self.hands = [
            subprocess.Popen(
                [sys.executable, "-m", *CELERY, "-n", name],
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            for name in names
        ]
        while len(current_app.control.ping(timeout=1)) < len(self.hands):
            assert all(hand.poll() is None for hand in self.hands), "a worker has ended"

    def tidy(self) -> None:
        for hand in self.hands:
            hand.terminate()
        for hand in self.hands:
            hand.wait()


class ByTwo(Together):
    name = "ranking-by-two"
    measures = f"the same ranking in {SHARDS} shards by two workers on Celery"
    workers = 2


class ByFour(Together):
    name = "ranking-by-four"
    measures = f"the same ranking in {SHARDS} shards by four workers on Celery"
    workers = 4


class Idle(Benchmark):
    name = "ranking-idle"
    measures = "ranking when nothing arrived since the last one"
    unit = "looks"
    target = seconds(0.005)

    def prepare(self, world: World) -> None:
        self.campaign, self.now = world.month, world.now
        services.refresh(self.campaign, now=self.now)

    def operation(self) -> None:
        assert services.refresh(self.campaign, now=self.now) is None


class WhatIf(Month):
    name = "what-if"
    measures = "what another rule would mean over the same history, with progress, ready to be cancelled"
    against = "full ranking by the campaign's own rule, run written and committed"
    target = times(1.2)
    rule = Rule(window_days=21, min_sent_days=1, min_received_days=3, min_active_days=4, min_mutual_days=1)

    def operation(self) -> None:
        what_if(self.campaign, self.rule, as_of=self.now)

    def floor(self) -> None:
        assert services.refresh(self.campaign, now=self.now) is not None


class Worker(OnCopy):
    name = "worker"
    measures = (
        f"{MANY_JOBS:,} rankings asked of one worker process, one in {NEWS_EVERY} with something new to count"
    )
    unit = "jobs"
    rounds = 1
    warms_up = False

    def begin(self) -> None:
        self.amount = min(MANY_JOBS, self.world.ties)

    def operation(self) -> None:
        command = [
            sys.executable,
            "-c",
            WORK,
            str(self.world.month.pk),
            str(int(self.amount)),
            str(NEWS_EVERY),
        ]
        environment = self.world.environment() | {"DJANGO_SETTINGS_MODULE": "bonus_tracker.settings"}
        done = subprocess.run(
            command, env=os.environ | environment, check=True, stdout=subprocess.PIPE, text=True
        )
        self.memory = [int(line) / 1e6 for line in done.stdout.split()]

    def figures(self) -> Iterable[Figure]:
        fresh, after = self.memory
        yield Figure("memory of the worker process after its first ranking", fresh, "MB")
        yield Figure(f"memory of the worker process after {self.amount:,.0f} jobs", after, "MB")
        yield Figure("grown", after / fresh, "x", Target("figure", 1.2))


class TenTimes(Benchmark):
    name = "ten-times"
    measures = "full ranking of 30 days in a company of ten times the people"
    against = "the same in this company"
    unit = "rankings"
    target = times(11)
    rounds = 3
    makes_larger = True

    def prepare(self, world: World) -> None:
        self.world, self.larger = world, open_world(world.size.ten_times(), world.seed)

    def before(self, side: Side) -> None:
        (self.larger if side == "operation" else self.world).use()
        note_arrival()

    def operation(self) -> None:
        assert services.refresh(self.larger.month, now=self.larger.now) is not None

    def floor(self) -> None:
        assert services.refresh(self.world.month, now=self.world.now) is not None
