"""The end of a campaign's counting: the input is fixed once, and versions of the result are sealed over it."""

import hashlib
import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from apps.activity import owed
from apps.activity.gate import close_gate
from apps.activity.sql import BITS, NO_DAY, days, input_version
from apps.audit.services import canonical, record
from apps.campaigns import lifecycle
from apps.campaigns.divisions import NO_DIVISION, keys_by_number
from apps.campaigns.models import Campaign
from apps.campaigns.rule import Rule
from apps.ranking import facts
from apps.ranking.corrections import Correction, corrected_relations
from apps.ranking.counting import Range, Relations, live_relations, pairs_sql
from apps.ranking.coverage import coverage
from apps.ranking.instant import Instant
from apps.ranking.models import Board, FixedContact, FixedSource, Result, Run
from apps.ranking.services import lock_campaign, store_run

logger = logging.getLogger(__name__)


@transaction.atomic
def settle(campaign: Campaign, *, now: datetime) -> Result | None:
    """Fix the input of a campaign whose grace has ended, seal version 1, publish it as provisional.

    Call it late, twice, or from two workers at once: whoever moves the campaign on does the work, everyone
    else gets None. The gate is closed meanwhile, so every batch is either counted or too late. A crash
    undoes all of it. While ties are owed, everybody gets None: the next tick tries again.
    """
    close_gate()
    lock_campaign(campaign)
    due = Campaign.objects.due_for_a_result(now).filter(pk=campaign.pk).select_for_update(no_key=True).first()
    if due is None:
        return None
    if waits_for := owed.owed().first():
        logger.info("%s; campaign %s is settled after that.", owed.how_far(waits_for), due.slug)
        return None
    fix_input(due)
    result = seal(due, now=now, cutoff=now)
    # Last, since it writes the audit log, where every other act would wait for the counting above.
    lifecycle.publish_provisional(due, now=now)
    Board.objects.update_or_create(
        campaign=due, defaults={"public_run": result.run, "live_run": result.run, "frozen": False}
    )
    return result


def fix_input(campaign: Campaign) -> None:
    """Copy what decides: every tie's days cut to the window, the participants, what is known of contacts."""
    rule = Rule.of(campaign)
    instant = Instant.of(campaign, rule, campaign.deadline)
    known = facts.parameters(campaign, rule, instant)
    with live_relations(campaign, rule, instant) as relations, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ranking_fixedemployee "
            "(employee_id, campaign_id, number, employed_days, division, belongs) "
            "SELECT participant.employee_id, %(campaign)s, employee.number, partial.employed_days, "
            f"{'participant.division' if campaign.divisions else NO_DIVISION}, {facts.belongs(campaign)} "
            f"FROM {relations.participants} AS participant LEFT JOIN {relations.partial} AS partial "
            "USING (employee_id) JOIN directory_employee AS employee ON employee.id = employee_id ORDER BY 1",
            known | facts.names_to_belong_to(campaign),
        )
        cursor.execute(_fix_ties(relations), known)
        cursor.execute(
            "INSERT INTO ranking_fixedcontact (campaign_id, contact_id, person_id, outside_days) "
            f"SELECT %(campaign)s, contact_id, person_id, outside_days FROM {relations.contacts} AS contact "
            "WHERE contact_id IN (SELECT contact_id FROM ranking_fixedtie WHERE campaign_id = %(campaign)s) ORDER BY 2",
            known,
        )
    FixedSource.objects.bulk_create(coverage(campaign, instant))


def _fix_ties(relations: Relations) -> str:
    def cut(side: str) -> str:
        return f"({days('tie', side)} << (tie.anchor - %(last_day)s)) & %(window)s::{BITS}"

    handed = (
        relations.handed
        or "(SELECT NULL::int AS employee_id, NULL::bigint AS contact_id, NULL::date AS handed_on)"
    )
    return (
        "INSERT INTO ranking_fixedtie (employee_id, campaign_id, contact_id, sent, received, handed_on) "
        "SELECT employee_id, %(campaign)s, contact_id, sent, received, handed_on FROM ("
        f"SELECT employee_id, contact_id, {cut('sent')} AS sent, {cut('received')} AS received, handed.handed_on "
        f"FROM {relations.ties} AS tie LEFT JOIN {handed} AS handed USING (employee_id, contact_id) "
        "WHERE tie.anchor >= %(first_day)s) AS cut "
        f"WHERE sent | received <> {NO_DAY} AND employee_id IN "
        "(SELECT employee_id FROM ranking_fixedemployee WHERE campaign_id = %(campaign)s) "
        "ORDER BY employee_id, contact_id"
    )


def seal(
    campaign: Campaign,
    *,
    now: datetime,
    cutoff: datetime,
    corrections: Sequence[Correction] = (),
    actor: str = "system",
) -> Result:
    """Rank over the fixed input as corrected and store the next version; the caller holds the lock.

    corrections: all that stand, not only the new ones. The database refuses a version after the final one.
    """
    rule = Rule.of(campaign)
    instant = Instant.of(campaign, rule, campaign.deadline)
    relations = corrected_relations(campaign, instant, corrections)
    run = store_run(campaign, rule, instant, relations, now=now, version=input_version())
    Run.objects.filter(pk=run.pk).update(keep=True)
    result = Result.objects.create(
        campaign=campaign,
        version=campaign.results.count() + 1,
        run=run,
        cutoff=cutoff,
        sealed_at=now,
        rule=rule.as_dict() | {"first_day": str(instant.first_day), "last_day": str(instant.last_day)},
        corrections=list(corrections),
        counts={
            "participants": run.participants,
            "active contacts": run.active_contacts,
            "ties": campaign.fixed_ties.count(),
            "special contacts": FixedContact.objects.filter(campaign=campaign).count(),
        },
    )
    result.sha256 = sealed_hash(result)
    result.save(update_fields=["sha256"])
    _note(result, actor)
    return result


def _note(result: Result, actor: str) -> None:
    """before: what the version before this one had; nothing before the first."""
    before = Result.objects.filter(campaign=result.campaign, version=result.version - 1).first()
    record(
        "result sealed",
        actor=actor,
        subject=f"campaign {result.campaign.slug}",
        at=result.sealed_at,
        details={
            "version": result.version,
            "sha256": result.sha256,
            "counts": result.counts,
            "decisions": sorted({each["decision"] for each in result.corrections}),
            "before": _noted(before) if before else None,
            "after": _noted(result),
        },
    )


def _noted(result: Result) -> dict[str, Any]:
    return {"version": result.version, "sha256": result.sha256, "counts": result.counts}


def sealed_contacts(result: Result, employee_id: int) -> list[int]:
    """The contacts counted for one employee in a version, in the order of their ids; of a person one account."""
    campaign = result.campaign
    rule, instant = _rule_and_instant(result)
    relations = corrected_relations(campaign, instant, result.corrections)
    pairs = " UNION ALL ".join(pairs_sql(rule, relations, Range(employee_id, employee_id + 1)))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT contact_id FROM ({pairs}) AS active JOIN {relations.participants} AS participant "
            "USING (employee_id) ORDER BY contact_id",
            facts.parameters(campaign, rule, instant),
        )
        return [contact for (contact,) in cursor.fetchall()]


def _rule_and_instant(result: Result) -> tuple[Rule, Instant]:
    rule = Rule(**{name: result.rule[name] for name in Rule.__dataclass_fields__})
    return rule, Instant.of(result.campaign, rule, result.run.as_of)


def sealed_hash(result: Result) -> str:
    """SHA-256, hexadecimal, of the canonical form's lines, each ended by a line feed, in UTF-8."""
    digest = hashlib.sha256()
    for line in canonical_form(result):
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()


def canonical_form(result: Result) -> Iterator[str]:
    """The lines a sealed result is hashed over, in the byte order of employee numbers.

    A header in canonical JSON; `standing` rank, number, active contacts, conversation days; `employee`
    number, employed days or "all", SHA-256 of their fixed ties, each with the day of a hand-over if there was
    one; `source` how complete it was, in canonical JSON; `contact` id, person, days. In a campaign with divisions
    the header names them, `standing` and `employee` end with the number of theirs, and places come division by
    division. Where the campaign names entities, departments or groups, `employee` ends with the numbers of those
    that they belong to (see apps.ranking.facts.belongs), with commas between, or "-".
    """
    campaign = result.campaign
    of_place, of_employee, by_division = "", "", ""
    if campaign.divisions:
        of_place, of_employee, by_division = ", place.division", ", fixed.division", "place.division, "
    yield canonical(header(result))
    yield from _lines(
        f"SELECT concat_ws(' ', 'standing', rank, number, active_contacts, conversation_days{of_place}) "
        "FROM ranking_standing AS place JOIN ranking_fixedemployee AS fixed USING (employee_id) "
        f"WHERE run_id = %s AND campaign_id = %s ORDER BY {by_division}rank, number",
        result.run_id,
        campaign.pk,
    )
    yield from _lines(
        f"""
        SELECT concat_ws(' ', 'employee', number, coalesce(fixed.employed_days::text, 'all'),
            encode(sha256(convert_to(coalesce((
                SELECT string_agg(concat_ws(' ', contact_id, sent, received, handed_on), ',' ORDER BY contact_id)
                FROM ranking_fixedtie AS tie
                WHERE tie.employee_id = fixed.employee_id AND tie.campaign_id = fixed.campaign_id
            ), ''), 'UTF8')), 'hex'){of_employee},
            CASE WHEN belongs = '{{}}' THEN '-' ELSE array_to_string(belongs, ',') END)
        FROM ranking_fixedemployee AS fixed
        WHERE fixed.campaign_id = %s ORDER BY number
        """,
        campaign.pk,
    )
    for source in campaign.fixed_sources.select_related("source").order_by("source__name"):
        yield f"source {canonical(source_claim(source))}"
    yield from _lines(
        "SELECT concat_ws(' ', 'contact', contact_id, coalesce(person_id::text, '-'), outside_days) "
        "FROM ranking_fixedcontact WHERE campaign_id = %s ORDER BY contact_id",
        campaign.pk,
    )


def header(result: Result) -> dict[str, Any]:
    """What the canonical form begins with."""
    campaign = result.campaign
    return {
        "campaign": campaign.slug,
        "version": result.version,
        "as_of": _utc(result.run.as_of),
        "cutoff": _utc(result.cutoff),
        "rule": result.rule,
        "corrections": result.corrections,
        "counts": result.counts,
    } | ({"divisions": list(keys_by_number(campaign).values())} if campaign.divisions else {})


def source_claim(source: FixedSource) -> dict[str, Any]:
    until = source.complete_until
    return {
        "source": source.source.name,
        "complete_until": _utc(until) if until else None,
        "gaps": source.gaps,
    }


def _utc(instant: datetime) -> str:
    """One spelling of an instant, whatever zone the caller's clock had."""
    return instant.astimezone(UTC).isoformat()


def _lines(query: str, *keys: int) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(query, keys)
        while rows := cursor.fetchmany(2000):
            yield from (row[0] for row in rows)


def differs_from_fixed_input(result: Result) -> str | None:
    """What is wrong with a sealed result when it is computed again from its fixed input, or None."""
    campaign = result.campaign
    rule, instant = _rule_and_instant(result)
    with transaction.atomic():
        again = store_run(
            campaign,
            rule,
            instant,
            corrected_relations(campaign, instant, result.corrections),
            now=result.sealed_at,
            version=result.run.input_version,
        )
        with connection.cursor() as cursor:
            columns = "employee_id, rank, active_contacts, conversation_days, division"
            one = f"SELECT {columns} FROM ranking_standing WHERE run_id = %s"
            cursor.execute(
                "SELECT count(DISTINCT employee_id) FROM "
                f"(({one} EXCEPT {one}) UNION ({one} EXCEPT {one})) AS different",
                [again.pk, result.run_id, result.run_id, again.pk],
            )
            different = cursor.fetchone()[0]
        transaction.set_rollback(True)
    if different:
        return f"{different} standings are not what the fixed input gives"
    if sealed_hash(result) != result.sha256:
        return "the hash of the canonical form is not the sealed one"
    return None
