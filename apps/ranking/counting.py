"""Counts active contacts for an instant: writes out the relations, then runs the one statement."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from apps.activity import cuts, folding, owed
from apps.activity import sql as activity_sql
from apps.activity.fields import DAYS_REMEMBERED
from apps.campaigns.divisions import NO_DIVISION
from apps.campaigns.models import Campaign
from apps.campaigns.rule import Rule
from apps.ranking import facts, sql
from apps.ranking.instant import Instant
from apps.ranking.last_day import ties_before
from apps.ranking.ranges import EVERYBODY, Range
from bonus_tracker.clock import company_zone

TIES = "activity_tie"
MOST_NAMED = 60_000  # contacts in the text of a statement: 1.2 MB, each of its three times
PLANET_ROTATION = timedelta(days=2)  # a local date lies within two days of the same UTC date


class Unanswerable(Exception):
    """The sentence says why no ranking can be had for the instant asked for."""


class BeingDerived(Unanswerable):
    """Ties are, or were a moment ago, half old and half new."""


@dataclass(frozen=True)
class Relations:
    """The relations that apps.ranking.sql reads, as SQL; participants: as apps.ranking.facts has them.

    may_be_newer: whether ties may have days after the last day counted.
    """

    ties: str
    contacts: str
    partial: str
    participants: str
    window_days: int
    may_be_newer: bool
    handed: str | None = None


@contextmanager
def one_snapshot() -> Iterator[None]:
    """A transaction whose statements all see the same; inside another one, as that sees it."""
    with transaction.atomic(), connection.cursor() as cursor:
        if not connection.savepoint_ids:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cuts.hold_ledger_still()  # before the snapshot is taken, which must know of every month that went
        yield


@contextmanager
def live_relations(campaign: Campaign, rule: Rule, instant: Instant) -> Iterator[Relations]:
    """Relations over what is recorded now, ready for use inside the block. Raises Unanswerable."""
    with ties_at_rest(), transaction.atomic(), connection.cursor() as cursor:
        key = write_facts(campaign, rule, instant)
        yield relations_over(key, campaign, instant)
        cursor.execute("DROP TABLE IF EXISTS past_tie")
        forget_facts(key)


@contextmanager
def ties_at_rest() -> Iterator[None]:
    """Nothing that was read of ties inside the block is used if they were half derived. Raises BeingDerived."""
    try:
        before = owed.at_rest()
        yield
        has_changed = owed.at_rest() != before
    except owed.BeingDerived as error:
        raise BeingDerived(str(error)) from error
    if has_changed:
        raise BeingDerived("Ties were derived again while they were being counted; ask again.")


def write_facts(campaign: Campaign, rule: Rule, instant: Instant) -> int:
    """Write out what a ranking must know besides days; returns the key. Raises Unanswerable.

    Facts go to unlogged tables, keyed by the transaction: a temporary table or a CTE would keep the scan of
    the ties from running in parallel.
    """
    if instant.window_days > DAYS_REMEMBERED:
        raise Unanswerable(
            f"The window would hold {instant.window_days:,} days and ties remember {DAYS_REMEMBERED}; "
            "ask for an earlier instant, or give the rule window_days."
        )
    known = facts.parameters(campaign, rule, instant)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        key: int = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO ranking_scratchcontact (key, contact_id, person_id, outside_days) "
            f"SELECT {key:d}, contact_id, person_id, outside_days FROM ({facts.contacts(rule)}) AS contact",
            known,
        )
        cursor.execute(
            "INSERT INTO ranking_scratchemployee (key, employee_id, employed_days) "
            f"SELECT {key:d}, employee_id, employed_days FROM ({facts.partial()}) AS partial",
            known,
        )
        cursor.execute(
            "INSERT INTO ranking_scratchhandover (key, employee_id, contact_id, handed_on) "
            f"SELECT {key:d}, employee_id, contact_id, handed_on FROM ({facts.HANDED_OVER}) AS handed"
        )
    return key


def forget_facts(key: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ranking_scratchcontact WHERE key = %s", [key])
        cursor.execute("DELETE FROM ranking_scratchemployee WHERE key = %s", [key])
        cursor.execute("DELETE FROM ranking_scratchhandover WHERE key = %s", [key])


def relations_over(key: int, campaign: Campaign, instant: Instant, employees: Range = EVERYBODY) -> Relations:
    """Relations over facts written out before and the ties, or what the ledger says of them, as they are now.

    employees: of whom the ties are wanted at least. Outside of one snapshot, what comes in before they are
    read may change what holds of them; `count` looks again.
    """
    return Relations(
        ties=_ties(instant, employees),
        contacts=f"(SELECT * FROM ranking_scratchcontact WHERE key = {key:d})",
        partial=f"(SELECT * FROM ranking_scratchemployee WHERE key = {key:d} AND {employees.holds('employee_id')})",
        participants=f"({facts.participants(campaign)})",
        window_days=instant.window_days,
        may_be_newer=_may_be_newer(newest_event(), instant),
        handed=_handed(key),
    )


def _handed(key: int) -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM ranking_scratchhandover WHERE key = %s)", [key])
        there_are_some = cursor.fetchone()[0]
    return f"(SELECT * FROM ranking_scratchhandover WHERE key = {key:d})" if there_are_some else None


def fixed_relations(campaign: Campaign, instant: Instant) -> Relations:
    """Relations over the input that was fixed when the campaign was settled."""
    pk = f"{campaign.pk:d}"
    return Relations(
        ties=activity_sql.taken_apart(fixed_ties(campaign, instant)),
        contacts=f"(SELECT * FROM ranking_fixedcontact WHERE campaign_id = {pk})",
        partial="(SELECT employee_id, employed_days FROM ranking_fixedemployee "
        f"WHERE campaign_id = {pk} AND employed_days IS NOT NULL)",
        participants=f"(SELECT employee_id{', division' if campaign.divisions else ''} "
        f"FROM ranking_fixedemployee WHERE campaign_id = {pk})",
        window_days=instant.window_days,
        may_be_newer=False,
    )


def fixed_ties(campaign: Campaign, instant: Instant) -> str:
    """(employee_id, contact_id, anchor, sent, received): sets of days that begin at the last day counted.

    Without those before a hand-over.
    """
    last_day = f"'{instant.last_day.isoformat()}'::date"
    since = sql.days_since("handed_on").replace("%(last_day)s", last_day)
    sent, received = (
        f"CASE WHEN handed_on IS NULL THEN {side} ELSE {side} & {since} END AS {side}"
        for side in ("sent", "received")
    )
    return (
        f"(SELECT employee_id, contact_id, {last_day} AS anchor, {sent}, {received} FROM ranking_fixedtie "
        f"WHERE campaign_id = {campaign.pk:d})"
    )


def _ties(instant: Instant, employees: Range) -> str:
    """The ties themselves where they can answer; of days they no longer remember, what the ledger says."""
    _refuse_forgotten_days(instant)
    newest = newest_event()
    if newest is None:
        return TIES
    newest_day = newest.astimezone(company_zone()).date()
    if instant.first_day < newest_day - timedelta(days=DAYS_REMEMBERED - 1):
        _derive_past_ties(instant, employees)
        return "past_tie"
    if not _reaches_into_last_day(newest, instant):
        return TIES
    _refuse_without_ledger(instant.last_day)
    return ties_before(instant, employees)


def _refuse_forgotten_days(instant: Instant) -> None:
    kept = cuts.ties_from()
    if kept and instant.first_day < kept:
        raise Unanswerable(f"Ties that ended before {kept} were forgotten; ask for a later instant.")


def _refuse_without_ledger(day: date) -> None:
    """That it has the day holds until the transaction ends."""
    cuts.hold_ledger_still()
    whole = cuts.whole_from()
    if whole and day < whole:
        raise Unanswerable(
            f"The messages of {day} would be needed, and the ledger keeps those since {whole}; ask for a later instant."
        )


def newest_event() -> datetime | None:
    """Of anything that was ever delivered: it never moves back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(last_at) FROM activity_delivery")
        newest: datetime | None = cursor.fetchone()[0]
    return newest


def _reaches_into_last_day(newest: datetime | None, instant: Instant) -> bool:
    """Whether there may be messages of the last day that are too late for the instant."""
    return newest is not None and newest >= instant.as_of and not instant.ends_its_day()


def _may_be_newer(newest: datetime | None, instant: Instant) -> bool:
    """Whether ties may have days after the last day counted; with no delivery to tell, they may."""
    return newest is None or newest.astimezone(company_zone()).date() > instant.last_day


def _derive_past_ties(instant: Instant, employees: Range) -> None:
    _refuse_without_ledger(instant.first_day)
    fold = folding.fold(
        rows="i.occurred_at < %(as_of)s AND i.occurred_at >= %(since)s",
        days="day BETWEEN %(first_day)s AND %(last_day)s",
        ties=employees.holds("employee_id"),
    )
    folding.run(
        f"CREATE TEMPORARY TABLE past_tie ON COMMIT DROP AS {fold}",
        {
            "as_of": instant.as_of,
            "since": instant.first_day - PLANET_ROTATION,
            "first_day": instant.first_day,
            "last_day": instant.last_day,
        },
    )


def pairs_sql(rule: Rule, relations: Relations, employees: Range = EVERYBODY) -> list[str]:
    """Queries that together give every active pair; see apps.ranking.sql.active_pairs."""
    return sql.active_pairs(rule, source(relations, employees))


def source(relations: Relations, employees: Range = EVERYBODY) -> sql.Source:
    return sql.Source(
        relations.ties,
        relations.contacts,
        relations.partial,
        _special(relations),
        relations.window_days,
        relations.may_be_newer,
        employees.holds("tie.employee_id"),
        relations.handed,
    )


def _special(relations: Relations) -> sql.Special:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT employee_id FROM {relations.partial} AS partial")
        employees = tuple(employee for (employee,) in cursor.fetchall())
        cursor.execute(
            f"SELECT contact_id, person_id IS NOT NULL FROM {relations.contacts} AS contact LIMIT {MOST_NAMED + 1}"
        )
        contacts = cursor.fetchall()
    if len(contacts) > MOST_NAMED:
        return sql.Special(employees, None, None)
    alone, merged = (
        tuple(contact for contact, is_merged in contacts if is_merged is wanted) for wanted in (False, True)
    )
    return sql.Special(employees, alone, merged)


def count(
    campaign: Campaign,
    rule: Rule,
    instant: Instant,
    relations: Relations,
    *,
    ranges: Sequence[Range] = (EVERYBODY,),
    after_range: Callable[[int], None] = lambda _done: None,
) -> None:
    """Count into the temporary table `counted` (employee_id, active_contacts, conversation_days, rank, division).

    ranges: of employees, counted one after the other; the outcome is the same. after_range: is told how
    many of them are done.
    """
    known = facts.parameters(campaign, rule, instant)
    is_divided = bool(campaign.divisions)
    _count_ranges(rule, relations, known, ranges, after_range, is_divided=is_divided)
    if relations.ties == TIES and (relations_now := _looked_at_again(relations, instant)) != relations:
        # A message of after the instant came in between looking and counting, or may have.
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE counted")
        _count_ranges(rule, relations_now, known, ranges, after_range, is_divided=is_divided)


def count_again(
    campaign: Campaign,
    rule: Rule,
    instant: Instant,
    relations: Relations,
    *,
    run_id: int,
    employees: Collection[int],
) -> None:
    """Count into `counted` as `count` does, but only these employees: the scores of a run stand for all others.

    The outcome is the same where the input differs from the run's in nothing but what concerns these.
    """
    suit_the_planner()
    scores = [
        "SELECT employee_id, active_contacts, conversation_days FROM ranking_standing "
        f"WHERE run_id = {run_id:d} AND employee_id <> ALL(ARRAY[{', '.join(f'{one:d}' for one in employees)}]::int[])",
        *(sql.scores(rule, source(relations, Range(one, one + 1))) for one in sorted(employees)),
    ]
    together = " UNION ALL ".join(f"({each})" for each in scores)
    known = facts.parameters(campaign, rule, instant)
    rank(together, relations.participants, known, is_divided=bool(campaign.divisions))


def _looked_at_again(relations: Relations, instant: Instant) -> Relations:
    newest = newest_event()
    if _reaches_into_last_day(newest, instant):
        _refuse_without_ledger(instant.last_day)
        relations = replace(relations, ties=ties_before(instant))
    return replace(relations, may_be_newer=relations.may_be_newer or _may_be_newer(newest, instant))


def _count_ranges(
    rule: Rule,
    relations: Relations,
    known: dict[str, Any],
    ranges: Sequence[Range],
    after_range: Callable[[int], None],
    *,
    is_divided: bool,
) -> None:
    suit_the_planner(in_ranges=len(ranges) > 1)
    if len(ranges) == 1:
        scores = sql.scores(rule, source(relations, ranges[0]))
        rank(scores, relations.participants, known, is_divided=is_divided)
        after_range(1)
        return
    with connection.cursor() as cursor:
        for number, employees in enumerate(ranges):
            scores = sql.scores(rule, source(relations, employees))
            cursor.execute(f"CREATE TEMPORARY TABLE part_{number} ON COMMIT DROP AS {scores}", known)
            after_range(number + 1)
        parts = [f"part_{number}" for number in range(len(ranges))]
        together = " UNION ALL ".join(f"TABLE {part}" for part in parts)
        rank(together, relations.participants, known, is_divided=is_divided)
        cursor.execute(f"DROP TABLE {', '.join(parts)}")


def suit_the_planner(*, in_ranges: bool = False) -> None:
    """Sets of days are opaque to the planner: it expects few rows, and would sort what fits in memory.

    in_ranges: ties are counted range by range. They lie in the order of arrival: looked up one by one in the order of
    an index they take three times as long as page by page.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL work_mem = '64MB'; SET LOCAL jit = off; "
            "SET LOCAL enable_nestloop = off; SET LOCAL enable_mergejoin = off; SET LOCAL enable_sort = off"
        )
        if in_ranges:
            cursor.execute("SET LOCAL enable_indexscan = off")


def rank(scores: str, participants: str, known: dict[str, Any], *, is_divided: bool) -> None:
    """Make `counted` of the scores of those who take part; with divisions, ranks are within them."""
    within, division = "", f"{NO_DIVISION:d}::smallint AS division"
    if is_divided:
        within, division = "PARTITION BY participant.division ", "participant.division"
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE counted ON COMMIT DROP AS "
            f"SELECT score.*, rank() OVER ({within}ORDER BY active_contacts DESC)::integer AS rank, {division} "
            f"FROM ({scores}) AS score JOIN {participants} AS participant USING (employee_id)",
            known,
        )
