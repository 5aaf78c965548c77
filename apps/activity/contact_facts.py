"""What HR knows of contacts: who is one person, whose account it really is, who was handed over, who does not count.

A person of several contacts is named by one of them, the root; every other points straight at it, so
that the ranking never follows a chain.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from apps.activity.gate import pass_gate
from apps.activity.models import Contact, ContactFact
from apps.activity.sql import note_arrival
from apps.audit.services import record
from apps.directory.models import Employee
from bonus_tracker.clock import company_zone

Kind = ContactFact.Kind
FACTS_LOCK = 0x46414354  # "FACT": one change at a time, or two merges could make a chain


class FactRefused(ValueError):
    """What was asked for contradicts what is known; one sentence."""


@dataclass(frozen=True)
class HandOver:
    """From one colleague to another: for the other, days count from `on` on."""

    giver: Employee
    taker: Employee
    on: date


@transaction.atomic
def record_fact(
    contact: Contact,
    kind: str,
    *,
    reason: str,
    actor: str,
    now: datetime,
    other: Contact | None = None,
    employee: Employee | None = None,
    handed: HandOver | None = None,
) -> ContactFact:
    """Record a fact; it counts from the next ranking on. Raises FactRefused.

    other: for the same person; a merged one stands for its root, and contacts that point at `contact`
    are pointed at the new root. employee: for an employee's own account. handed: for a hand-over.
    """
    _wait_for_turn()
    if not reason.strip():
        raise FactRefused(_("Give the reason; it stays with the fact."))
    _check_shape(kind, other, employee, handed)
    if handed:
        _check_hand_over(handed, now)
    if _standing(contact.pk, kind, handed.taker if handed else None):
        raise FactRefused(_("This is recorded already; revoke it first."))
    if kind == Kind.SAME_PERSON and other is not None:
        return _merge(contact, other, reason=reason, actor=actor, now=now)
    return _write(contact.pk, kind, reason=reason, actor=actor, now=now, employee=employee, handed=handed)


@transaction.atomic
def revoke_fact(fact: ContactFact, *, reason: str, actor: str, now: datetime) -> bool:
    """Take a fact back; the row stays. False when it was revoked before. Raises FactRefused."""
    _wait_for_turn()
    if not reason.strip():
        raise FactRefused(_("Give the reason; it is written in the audit log."))
    if not _revoke(fact.pk, actor, now):
        return False
    _tell(
        "contact fact revoked",
        fact.contact_id,
        actor,
        now,
        {"fact": fact.pk, "kind": fact.kind, "reason": reason},
    )
    return True


def _merge(contact: Contact, other: Contact, *, reason: str, actor: str, now: datetime) -> ContactFact:
    above = _standing(other.pk, Kind.SAME_PERSON)
    root = above.person_id if above and above.person_id is not None else other.pk
    if root == contact.pk:
        raise FactRefused(_("These contacts are one person already."))
    followers = ContactFact.objects.filter(kind=Kind.SAME_PERSON, person_id=contact.pk, revoked_at=None)
    for follower in followers.order_by("pk"):
        _revoke(follower.pk, actor, now)
        _write(
            follower.contact_id,
            Kind.SAME_PERSON,
            reason=follower.reason,
            actor=actor,
            now=now,
            person_id=root,
        )
    return _write(contact.pk, Kind.SAME_PERSON, reason=reason, actor=actor, now=now, person_id=root)


def _write(
    contact_id: int,
    kind: str,
    *,
    reason: str,
    actor: str,
    now: datetime,
    employee: Employee | None = None,
    person_id: int | None = None,
    handed: HandOver | None = None,
) -> ContactFact:
    fact = ContactFact.objects.create(
        contact_id=contact_id,
        kind=kind,
        employee=handed.taker if handed else employee,
        from_employee=handed.giver if handed else None,
        since=handed.on if handed else None,
        person_id=person_id,
        reason=reason.strip(),
        recorded_at=now,
        recorded_by=actor,
    )
    details = {"fact": fact.pk, "kind": str(kind), "reason": fact.reason}
    if employee:
        details["employee"] = employee.number
    if person_id is not None:
        details["same person as"] = str(person_id)
    if handed:
        details |= {"from": handed.giver.number, "to": handed.taker.number, "on": handed.on.isoformat()}
    _tell("contact fact recorded", contact_id, actor, now, details)
    return fact


def _revoke(fact_id: int, actor: str, now: datetime) -> bool:
    standing = ContactFact.objects.filter(pk=fact_id, revoked_at=None)
    return bool(standing.update(revoked_at=now, revoked_by=actor))


def _tell(action: str, contact_id: int, actor: str, now: datetime, details: dict[str, object]) -> None:
    note_arrival()
    record(action, actor=actor, subject=f"contact {contact_id}", at=now, details=details)


def _standing(contact_id: int, kind: str, taker: Employee | None = None) -> ContactFact | None:
    standing = ContactFact.objects.filter(contact_id=contact_id, kind=kind, revoked_at=None)
    return (standing.filter(employee=taker) if taker else standing).first()


def _check_shape(
    kind: str, other: Contact | None, employee: Employee | None, handed: HandOver | None
) -> None:
    wanted = (kind == Kind.SAME_PERSON, kind == Kind.EMPLOYEE, kind == Kind.HANDED_OVER)
    if (other is not None, employee is not None, handed is not None) != wanted:
        raise ValueError(f"A fact of kind {kind} does not point at that.")


def _check_hand_over(handed: HandOver, now: datetime) -> None:
    if handed.giver == handed.taker:
        raise FactRefused(_("Name two different employees."))
    if handed.on > now.astimezone(company_zone()).date():
        raise FactRefused(_("A contact is handed over on a day that has come; record it then."))


def _wait_for_turn() -> None:
    pass_gate()  # a fact comes before or after a campaign's settling, never in the middle of it
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FACTS_LOCK])
