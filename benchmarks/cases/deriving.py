"""Ties derived from the ledger again: after a wrong delivery, and all of them."""

from datetime import timedelta
from pathlib import Path

from apps.activity import owed
from apps.activity.models import Delivery
from apps.activity.withdrawal import withdraw
from apps.directory.models import Employee
from apps.sources.files import check
from apps.sources.importing import import_file
from benchmarks import traffic
from benchmarks.cases.ingest import Arrivals
from benchmarks.copying import OnCopy
from benchmarks.floors import ledger as bare
from benchmarks.runner import Side, share

WITHDRAWN_EVENTS = 100_000


class Withdraw(Arrivals):
    name = "withdraw"
    measures = f"a delivery of {WITHDRAWN_EVENTS:,} events taken back, its ties derived again"
    against = "one sorted pass over the ledger"
    unit = "rows of the ledger"
    target = share(0.5)

    def before(self, side: Side) -> None:
        if side == "operation":
            self.delivery = self._deliver()
        self.amount = bare.pass_over()

    def operation(self) -> None:
        now = self.now + timedelta(hours=1)
        withdraw(self.delivery, actor="benchmark", reason="benchmark", now=now)
        owed.work_off(now=now)

    def floor(self) -> None:
        bare.pass_over()

    def _deliver(self) -> Delivery:
        self.next_piece(min(WITHDRAWN_EVENTS, self.world.ties // 3))
        path = Path(self.folder, "events.csv.gz")
        traffic.write_file(path)
        return import_file(check(path), self.source, actor="benchmark", now=self.now).delivery


class Rebuild(OnCopy):
    name = "rebuild"
    measures = "all ties derived from the ledger again"
    against = "one sorted pass over the ledger"
    unit = "rows of the ledger"
    target = share(0.5)

    def begin(self) -> None:
        self.amount = self.world.events

    def operation(self) -> None:
        everybody = Employee.objects.order_by("pk").values_list("pk", flat=True)
        owed.repair(list(everybody), now=self.world.now)
        owed.work_off(now=self.world.now)

    def floor(self) -> None:
        bare.pass_over()
