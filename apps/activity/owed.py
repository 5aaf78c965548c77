"""Ties to be derived again: at once with the act when that takes seconds, else owed and worked off in parts.

What is owed stands in the database, so whoever comes next goes on where somebody was killed. While anything is
owed nothing is derived at once: all is done in the order in which it came, and rankings wait.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from threading import Event

from django.db import connection, transaction
from django.db.models import Max, Min, Q, QuerySet

from apps.activity import derive, parts, quarantine, sql
from apps.activity.gate import close_gate, pass_gate
from apps.activity.models import Derivation
from apps.activity.parts import Estimate, Part
from apps.activity.unmet import forget_unmet_contacts
from apps.audit.services import record
from bonus_tracker.beside import beside
from bonus_tracker.turns import only_one

DERIVING = 0x44455249  # "DERI"
Say = Callable[[str], object]


class BeingDerived(Exception):
    """Ties are half old and half new; one sentence of which and how far."""


def owed() -> QuerySet[Derivation]:
    return Derivation.objects.filter(finished_at=None)


def at_rest() -> int:
    """The number of the last derivation. Raises BeingDerived while one is owed.

    What was read of ties between two equal answers is whole: an act writes down what it owes before any of
    it is done.
    """
    known = Derivation.objects.aggregate(last=Max("pk"), owed=Min("pk", filter=Q(finished_at=None)))
    if known["owed"] is not None:
        derivation = Derivation.objects.get(pk=known["owed"])
        raise BeingDerived(f"{how_far(derivation)}; rankings wait until that is done.")
    return known["last"] or 0


def how_far(derivation: Derivation) -> str:
    return f"Ties are being derived again ({derivation.subject}, {derivation.percent} %)"


def derive_again(derivation: Derivation, *, now: datetime) -> None:
    """Derive ties again, or write down that it is owed; for an act that holds the closed gate.

    derivation: not saved, its subject, delivery, employee_ids and account_keys say what the act changed.
    employee_ids: everybody who had one of these accounts, or has it now.
    """
    work = _try_at_once(derivation, now)
    if work is not None:
        derivation.owed_since, derivation.parts = now, work.parts
        derivation.save()


def _try_at_once(derivation: Derivation, now: datetime) -> Estimate | None:
    """None when all is done; else what is to be done."""
    if derivation.delivery and derivation.delivery.counted > parts.ROWS_AT_ONCE:
        return parts.estimate()  # it speaks of too many pairs to look for them now
    with derive.scope_of(derivation, Part()) as scope:
        work = parts.estimate(scope.rows, scope.parameters)
        retries_much = derivation.delivery is None and quarantine.has_much_to_retry()
        if not work.is_small or retries_much or owed().exists():
            return work
        derive.forget(scope, scope.part)
        derive.gather(scope)
        derive.put_in(scope.part)
    _end(derivation, now)
    return None


def _end(derivation: Derivation, now: datetime) -> None:
    """What else followed from the act, once its ties are derived."""
    if derivation.delivery_id is None:
        quarantine.retry(now=now)
    else:
        forget_unmet_contacts(derivation.delivery_id)


@transaction.atomic
def repair(employee_ids: Sequence[int], *, now: datetime) -> None:
    """Derive again the ties of those who have wrong ones, or write down that it is owed."""
    if employee_ids:
        close_gate()
        derive_again(Derivation(subject="repair", employee_ids=list(employee_ids)), now=now)
        sql.note_arrival()
        record(
            "ties repaired", actor="system", subject="ties", at=now, details={"employees": len(employee_ids)}
        )


def work_off(
    *, now: datetime, say: Say = lambda _: None, seconds: float = float("inf"), wait: bool = True
) -> bool:
    """Do what is owed, the oldest first, each part in short transactions; True when nothing is owed any more.

    Goes on where another ended, or was killed. seconds: begins no further parts after these. wait: for whoever
    is at it too; else leaves it to them.
    """
    ends = time.monotonic() + seconds
    while derivation := owed().order_by("pk").first():
        if derivation.done == len(derivation.parts):
            _finish(derivation, now)
            say(f"Ties are derived again ({derivation.subject}).")
        elif time.monotonic() > ends or not do_next_parts(derivation, wait=wait):
            return False
        else:
            derivation.refresh_from_db()
            say(f"{how_far(derivation)}.")
    return True


def do_next_parts(derivation: Derivation, *, wait: bool) -> bool:
    """Parts that one reading of the ledger serves, or two beside each other; False when another worker is at it.

    Killed after forgetting, they are begun again: their ties lack until then what the ledger says, and keep
    what came in meanwhile.
    """
    with only_one(DERIVING, wait=wait) as is_ours:  # of two the one would forget what the other has put in
        if not is_ours:
            return False
        derivation.refresh_from_db()
        runs = parts.next_runs([Part(*part) for part in derivation.parts[derivation.done :]])
        if connection.in_atomic_block:  # no other session would see what this one has done
            for run in runs:
                _derive_run(derivation, run)
        elif runs:
            _derive_beside_each_other(derivation, runs)
        owed().filter(pk=derivation.pk).update(done=derivation.done + sum(map(len, runs)))
    return True


def _derive_beside_each_other(derivation: Derivation, runs: Sequence[Sequence[Part]]) -> None:
    with ExitStack() as stack:
        others = [stack.enter_context(beside(partial(_derive_run, derivation, run))) for run in runs[1:]]
        _derive_run(derivation, runs[0])
        for other in others:
            other.answer()


def _derive_run(derivation: Derivation, run: Sequence[Part], stop: Event | None = None) -> None:
    with derive.scope_of(derivation, parts.spanned(run)) as scope:
        for part in run if run[0].is_newest else ():
            with transaction.atomic():
                close_gate()
                derive.forget(scope, part)
        derive.gather(scope)
        for part in run:
            if stop and stop.is_set():
                return
            with transaction.atomic():
                pass_gate()
                derive.put_in(part)


def _finish(derivation: Derivation, now: datetime) -> None:
    _end(derivation, now)
    with transaction.atomic():
        if owed().filter(pk=derivation.pk).update(finished_at=now):
            sql.note_arrival()
            record(
                "ties derived",
                actor="system",
                subject=derivation.subject,
                at=now,
                details={"parts": len(derivation.parts)},
            )
