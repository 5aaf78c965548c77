"""The second implementation's word: the fixed input read row by row and ranked in plain Python."""

from collections.abc import Iterator
from datetime import date, datetime

from django.db import connection, transaction

from apps.audit.services import record
from apps.integrity.bundle.ranking import ALWAYS, FixedTie, ranking
from apps.integrity.models import Recount
from apps.ranking.models import FixedContact, FixedEmployee, Result
from apps.ranking.sealing import sealed_hash

RECOUNT_LOCK = 0x5245434F  # "RECO": one second computation of a version at a time
Place = tuple[int, str, int, int, int]  # rank, number, active contacts, conversation days, division


@transaction.atomic
def recount(result: Result, *, now: datetime) -> Recount | None:
    """Rank a version a second time and keep what came out; None when that was done, or is being done.

    It takes some ten seconds a million ties.
    """
    if not _is_ours(result) or Recount.objects.filter(result=result).exists():
        return None
    problem = difference_from_second_ranking(result)
    record(
        "result recounted",
        actor="system",
        subject=f"campaign {result.campaign.slug}",
        at=now,
        details={"version": result.version, "sha256": result.sha256, "problem": problem},
    )
    return Recount.objects.create(result=result, at=now, problem=problem)


def _is_ours(result: Result) -> bool:
    """Whoever comes first computes; nobody waits for it, since a campaign may be voided meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [RECOUNT_LOCK, result.pk])
        is_ours: bool = cursor.fetchone()[0]
        return is_ours


def difference_from_second_ranking(result: Result) -> str:
    """What is wrong with a version by the second implementation, or an empty text."""
    if sealed_hash(result) != result.sha256:
        return "the hash of the canonical form is not the sealed one"
    stored = set(sealed_places(result))
    again = set(second_ranking(result))
    different = sorted({place[1] for place in stored ^ again})
    if different:
        return f"{len(different)} standings are counted otherwise, such as that of {different[0]}"
    return ""


def sealed_places(result: Result) -> Iterator[Place]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rank, number, active_contacts, conversation_days, place.division FROM ranking_standing AS place "
            "JOIN ranking_fixedemployee USING (employee_id) WHERE run_id = %s AND campaign_id = %s",
            [result.run_id, result.campaign_id],
        )
        yield from cursor.fetchall()


def second_ranking(result: Result) -> list[Place]:
    first, last = (date.fromisoformat(result.rule[name]) for name in ("first_day", "last_day"))
    employees = FixedEmployee.objects.filter(campaign=result.campaign_id)
    contacts = FixedContact.objects.filter(campaign=result.campaign_id)
    return ranking(
        rule=result.rule,
        window_days=max(0, (last - first).days + 1),
        employees={
            number: ALWAYS if days is None else days_as_number(days)
            for number, days in employees.values_list("number", "employed_days")
        },
        divisions=dict(employees.values_list("number", "division")),
        ties=fixed_ties(result.campaign_id),
        contacts={
            str(contact): (None if person is None else str(person), days_as_number(days))
            for contact, person, days in contacts.values_list("contact_id", "person_id", "outside_days")
        },
        corrections=result.corrections,
        last_day=last.toordinal(),
    )


def fixed_ties(campaign_id: int) -> Iterator[FixedTie]:
    """In the order of number and contact."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            "SELECT number, contact_id, sent::text, received::text, handed_on::text FROM ranking_fixedtie AS tie "
            "JOIN ranking_fixedemployee AS employee USING (employee_id, campaign_id) "
            "WHERE campaign_id = %s ORDER BY number, contact_id",
            [campaign_id],
        )
        while rows := cursor.fetchmany(5000):
            for number, contact, sent, received, handed_on in rows:
                yield number, str(contact), days_as_number(sent), days_as_number(received), handed_on


def days_as_number(bits: str) -> int:
    """bit(384) as a whole number: bit n is the day n days before the last one counted."""
    return int(bits[::-1], 2)
