"""Messages taken in: from a file, and in batches as small as a webhook's."""

import os
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic, process_time
from typing import ClassVar, NamedTuple

from apps.activity.ingest import apply_batch
from apps.activity.models import Delivery
from apps.activity.sql import ensure_months
from apps.sources.files import check
from apps.sources.importing import BATCH, find_or_make_source, import_file
from benchmarks import server, traffic
from benchmarks.copying import OnCopy
from benchmarks.floors import ingest as bare
from benchmarks.memory import pss
from benchmarks.runner import Curve, Figure, Side, Target, share

MOST_EVENTS = 400_000  # a turn
WEBHOOK_EVENTS = 500  # a batch
WEBHOOK_BATCHES = 40  # a turn
PARTS = 50  # of a long import; a part is a day


class Arrivals(OnCopy):
    """Every turn takes in another piece of the traffic that follows the history."""

    unit = "events"
    piece = 0

    def begin(self) -> None:
        self.source = find_or_make_source("benchmark", None, now=self.world.now)
        self.folder = self._copies.enter_context(TemporaryDirectory())

    def next_piece(self, events: int) -> int:
        """Make the next piece of traffic; returns its events."""
        self.piece += 1
        self.now = traffic.morning(self.world, self.piece + 4)
        made = traffic.make(self.world, self.piece, events)
        ensure_months({traffic.morning(self.world, self.piece).date().replace(day=1)})
        return made


class ImportFile(Arrivals):
    name = "import-file"
    measures = (
        "gzip CSV checked and imported: handles resolved, ledger and ties written, committed every batch"
    )
    against = (
        "the same rows as ready ids: COPY, INSERT into the ledger, OR into the ties, committed every batch"
    )
    target: ClassVar[Target | None] = share(0.5)

    def before(self, side: Side) -> None:
        self.path = Path(self.folder, "events.csv.gz")
        self.amount = self.next_piece(min(MOST_EVENTS, self.world.ties // 3))
        if side == "operation":
            traffic.write_file(self.path)
        else:
            self.batches = traffic.ready(BATCH)

    def operation(self) -> None:
        import_file(check(self.path), self.source, actor="benchmark", now=self.now)

    def floor(self) -> None:
        bare.apply(self.batches, delivery=0)

    def figures(self) -> Iterable[Figure]:
        self.before("operation")
        yield Figure("WAL of a million events", server.wal_of(self.operation) / self.amount, "MB")
        rows = server.value("SELECT count(*) FROM activity_interaction")
        size = server.size_of("activity_interaction")
        yield Figure("ledger on disk, with its indexes", size / rows, "bytes an event")


class ImportAgainstReading(ImportFile):
    name = "import-file-read"
    against = "the file unzipped, parsed, its handles made pseudonyms in plain Python; then the same rows as ready ids"

    def before(self, side: Side) -> None:
        super().before(side)
        traffic.write_file(self.path)

    def floor(self) -> None:
        bare.read(self.path)
        super().floor()

    def figures(self) -> Iterable[Figure]:
        return ()


class ImportAgainstBigints(ImportFile):
    name = "import-file-bigints"
    against = "the same rows as ready ids, their days as two bigints a pair"
    target = None

    def begin(self) -> None:
        super().begin()
        bare.prepare_bigints()

    def floor(self) -> None:
        bare.apply(self.batches, delivery=0, ties=bare.BIGINTS, first_day=self.world.first_day)

    def figures(self) -> Iterable[Figure]:
        return ()


class Webhook(Arrivals):
    name = "webhook"
    measures = (
        f"{WEBHOOK_BATCHES} batches of {WEBHOOK_EVENTS} events through the ingest service, each committed"
    )
    against = "the same batches as ready ids in SQL, each committed"
    target: ClassVar[Target | None] = share(0.5)

    def before(self, side: Side) -> None:
        self.amount = self.next_piece(WEBHOOK_EVENTS * WEBHOOK_BATCHES)
        if side == "operation":
            events = traffic.events()
            self.events = [events[n : n + WEBHOOK_EVENTS] for n in range(0, len(events), WEBHOOK_EVENTS)]
            self.delivery = Delivery.objects.create(
                source=self.source, actor="benchmark", received_at=self.now
            )
        else:
            self.batches = traffic.ready(WEBHOOK_EVENTS)

    def operation(self) -> None:
        for batch in self.events:
            apply_batch(self.delivery, batch, now=self.now)

    def floor(self) -> None:
        bare.apply(self.batches, delivery=0)


class Mark(NamedTuple):
    """How far a long import has come. at, worked: seconds by the clock and of processors; memory: bytes."""

    lines: int
    at: float
    worked: float
    memory: int


class ImportGrowth(Arrivals):
    name = "import-growth"
    measures = f"one gzip CSV of {PARTS} days, checked and imported: the last part beside the first"
    rounds = 1
    warms_up = False
    events: ClassVar[int | None] = None  # in all; unless said as many a part as there are ties in three

    def begin(self) -> None:
        super().begin()
        self.path = Path(self.folder, "events.csv.gz")
        self.marks: list[Mark] = []

    def before(self, side: Side) -> None:
        a_part = self.events // PARTS if self.events else self.world.ties // 3
        self.amount = 0
        for part in range(PARTS):
            self.piece += 1  # one a day
            self.amount += self.next_piece(a_part)
            traffic.write_file(self.path, append=part > 0)

    def operation(self) -> None:
        checked = check(self.path)
        self._mark(0)
        import_file(checked, self.source, actor="benchmark", now=self.now, progress=self._mark)

    def _mark(self, lines: int) -> None:
        if not self.marks or lines >= len(self.marks) * self.amount / PARTS:
            worked = process_time() + server.backend_seconds()
            self.marks.append(Mark(lines, monotonic(), worked, pss(os.getpid()) or 0))

    def curves(self) -> Iterable[Curve]:
        x_label = "million events so far"
        rates = tuple((lines / 1e6, rate / 1e3) for lines, rate in self._rates())
        yield Curve("import, part by part", x_label, "thousand events a second", rates)
        memory = tuple((mark.lines / 1e6, mark.memory / 1e6) for mark in self.marks)
        yield Curve("memory of the importing process", x_label, "MB", memory)

    def figures(self) -> Iterable[Figure]:
        rates = [rate for _, rate in self._rates()]
        last = median(rates[-3:]) / median(rates[:3])
        yield Figure(
            "rate of the last parts against the first", last, "x", Target("figure", 0.8, at_most=False)
        )
        work = [(b.worked - a.worked) / (b.lines - a.lines) for a, b in pairwise(self.marks)]
        more = median(work[-3:]) / median(work[:3])
        yield Figure(
            "processor time an event of the last parts against the first", more, "x", Target("figure", 1.25)
        )
        sizes = [mark.memory for mark in self.marks]
        grown = max(sizes) / max(sizes[: len(sizes) // 5 + 1])
        yield Figure("largest memory against that of the first fifth", grown, "x", Target("figure", 1.2))

    def _rates(self) -> list[tuple[int, float]]:
        """(lines so far, events a second since the mark before)."""
        return [(b.lines, (b.lines - a.lines) / (b.at - a.at)) for a, b in pairwise(self.marks)]
