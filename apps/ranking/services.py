"""Ranks a campaign now, or answers for any instant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection, transaction

from apps.activity.sql import input_version
from apps.audit.services import record
from apps.campaigns.divisions import NO_DIVISION
from apps.campaigns.models import Campaign
from apps.campaigns.rule import Rule
from apps.ranking import facts, sharding
from apps.ranking.counting import (
    BeingDerived,
    Relations,
    count,
    live_relations,
    one_snapshot,
    pairs_sql,
    ties_at_rest,
)
from apps.ranking.fingerprint import fingerprint
from apps.ranking.instant import Instant, next_midnight
from apps.ranking.locks import lock_campaign, try_to_lock_campaign
from apps.ranking.models import Board, FixedEmployee, Result, Run, Standing
from apps.ranking.ranges import EVERYBODY, Range
from apps.ranking.sql import days_since

RUNS_IN_READERS_HANDS = 2
RANKED_STATES = (Campaign.State.RUNNING, Campaign.State.SETTLING)


class Row(NamedTuple):
    """One employee's place; employee is the number in the directory."""

    rank: int
    employee: str
    active_contacts: int
    conversation_days: int


class Pair(NamedTuple):
    """One active contact: days in the window on which each wrote, and on which either did."""

    employee: str
    contact_id: int
    sent_days: int
    received_days: int
    active_days: int


class NotRanked(Exception):
    """The campaign's state has no live ranking, or the ties cannot give one now."""


@transaction.atomic
def refresh(campaign: Campaign, *, now: datetime, wait: bool = True) -> Run | None:
    """Rank a running campaign, and move the pointers of its board forward.

    Returns the new live run, or None when nothing arrived since the last one on the same day. The public
    pointer stops at the freeze: whoever comes first after it writes the frozen run. wait: for another ranking
    of the campaign that is under way. Raises NotRanked.
    """
    if wait:
        lock_campaign(campaign)
    elif not try_to_lock_campaign(campaign):
        raise NotRanked(f"Campaign {campaign.slug} is being ranked already.")
    campaign = Campaign.objects.get(pk=campaign.pk)
    if campaign.state not in RANKED_STATES:
        raise NotRanked(
            f"Campaign {campaign.slug} is {campaign.get_state_display()}; only a running one is ranked."
        )
    board, _ = Board.objects.select_related("live_run").get_or_create(campaign=campaign)
    version = input_version()
    as_of = min(next_midnight(now), campaign.deadline)
    freezes = campaign.freeze_at is not None and campaign.freeze_at <= now and not board.frozen
    if (
        board.live_run
        and not freezes
        and (board.live_run.as_of, board.live_run.input_version) == (as_of, version)
    ):
        return None
    if freezes:
        _freeze(board, campaign, now=now, version=version)
    run = write_run(campaign, as_of, now=now, version=version)
    _move_forward(board, run)
    return run


def _freeze(board: Board, campaign: Campaign, *, now: datetime, version: int) -> None:
    assert campaign.freeze_at is not None
    board.public_run = write_run(campaign, campaign.freeze_at, now=now, version=version)
    Run.objects.filter(pk=board.public_run.pk).update(keep=True)
    board.frozen = True
    board.save()
    record(
        "board frozen",
        actor="system",
        subject=f"campaign {campaign.slug}",
        at=now,
        details={"as_of": campaign.freeze_at.isoformat(), "sha256": fingerprint(board.public_run)},
    )


def write_run(campaign: Campaign, as_of: datetime, *, now: datetime, version: int) -> Run:
    """Count as of an instant and store the run; the caller holds the campaign's lock. Raises NotRanked."""
    rule = Rule.of(campaign)
    instant = Instant.of(campaign, rule, as_of)
    ranges = sharding.ranges_to_count()
    try:
        if len(ranges) > 1:
            with ties_at_rest():
                participants = sharding.count(campaign, rule, instant, ranges)
            return _store_counted(campaign, rule, instant, participants, now=now, version=version)
        with live_relations(campaign, rule, instant) as relations:
            return store_run(campaign, rule, instant, relations, now=now, version=version)
    except BeingDerived as news:
        raise NotRanked(str(news)) from news


def store_run(
    campaign: Campaign, rule: Rule, instant: Instant, relations: Relations, *, now: datetime, version: int
) -> Run:
    """Count over given relations and write the run with its standings."""
    count(campaign, rule, instant, relations)
    return _store_counted(campaign, rule, instant, relations.participants, now=now, version=version)


def _store_counted(
    campaign: Campaign, rule: Rule, instant: Instant, participants: str, *, now: datetime, version: int
) -> Run:
    """Write the run of what stands in the temporary table `counted`, and its standings."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(active_contacts), 0)::bigint FROM counted")
        active_contacts = cursor.fetchone()[0]
        division = "division" if campaign.divisions else f"{NO_DIVISION}"
        cursor.execute(
            f"SELECT {division}, count(*) FROM {participants} AS participant GROUP BY 1",
            facts.parameters(campaign, rule, instant),
        )
        by_division = dict(cursor.fetchall())
        run = Run.objects.create(
            campaign=campaign,
            as_of=instant.as_of,
            last_date=instant.last_day,
            ranked_at=now,
            input_version=version,
            participants=sum(by_division.values()),
            participants_of=[
                by_division.get(number, 0) for number, _division in enumerate(campaign.divisions, start=1)
            ],
            active_contacts=active_contacts,
        )
        cursor.execute(
            "INSERT INTO ranking_standing (employee_id, run_id, rank, active_contacts, conversation_days, division) "
            "SELECT employee_id, %s, rank, active_contacts, conversation_days, division FROM counted "
            f"ORDER BY {'division, ' if campaign.divisions else ''}rank, employee_id",
            [run.pk],
        )
        cursor.execute("DROP TABLE counted")
    return run


def _move_forward(board: Board, run: Run) -> None:
    """Show the new run unless a later instant is shown already; keep the last run of each day.

    A rehearsal may have been announced anew with an earlier deadline, so it may go back.
    """
    last = board.live_run
    if last and last.as_of > run.as_of and not run.campaign.is_rehearsal:
        return
    board.live_run = run
    if not board.frozen:
        board.public_run = run
    board.save()
    if last and last.last_date < run.last_date:
        Run.objects.filter(pk=last.pk).update(keep=True)
    forget_unused_runs(board)


def forget_unused_runs(board: Board) -> None:
    """Runs that are neither shown nor kept nor sealed are gone; they can be ranked again.

    The last few stay a while: a page may have read its pointer just before it moved.
    """
    shown = [run for run in (board.public_run_id, board.live_run_id) if run]
    unused = Run.objects.filter(campaign=board.campaign_id, keep=False, result=None).exclude(pk__in=shown)
    unused_ids = list(unused.order_by("-pk").values_list("pk", flat=True)[RUNS_IN_READERS_HANDS:])
    Standing.objects.filter(run__in=unused_ids)._raw_delete("default")
    Run.objects.filter(pk__in=unused_ids)._raw_delete("default")


def standings(
    campaign: Campaign,
    *,
    as_of: datetime,
    rule: Rule | None = None,
    ranges: Sequence[Range] = (EVERYBODY,),
) -> list[Row]:
    """Everybody's place as of any instant, best first, equals in number order; those with none left out.

    Of a campaign with divisions, one division after the other, each with ranks of its own.
    rule: another rule than the campaign's. ranges: of employees, counted one after the other; the outcome is
    the same. Writes nothing. Raises Unanswerable.
    """
    return [row for _number, row in numbered_standings(campaign, as_of=as_of, rule=rule, ranges=ranges)]


def numbered_standings(
    campaign: Campaign,
    *,
    as_of: datetime,
    rule: Rule | None = None,
    ranges: Sequence[Range] = (EVERYBODY,),
) -> list[tuple[int, Row]]:
    """As `standings`, each place with the number of its division."""
    rule = rule or Rule.of(campaign)
    instant = Instant.of(campaign, rule, as_of)
    with (
        one_snapshot(),
        live_relations(campaign, rule, instant) as relations,
        connection.cursor() as cursor,
    ):
        count(campaign, rule, instant, relations, ranges=ranges)
        cursor.execute(
            "SELECT division, rank, number, active_contacts, conversation_days FROM counted "
            "JOIN directory_employee AS employee ON employee.id = employee_id ORDER BY division, rank, number"
        )
        rows = [(division, Row(*row)) for division, *row in cursor.fetchall()]
        cursor.execute("DROP TABLE counted")
    return rows


def active_pairs(campaign: Campaign, *, as_of: datetime, rule: Rule | None = None) -> list[Pair]:
    """Every active contact of every participant as of any instant, in the order of number and contact.

    Raises Unanswerable.
    """
    rule = rule or Rule.of(campaign)
    instant = Instant.of(campaign, rule, as_of)
    with (
        one_snapshot(),
        live_relations(campaign, rule, instant) as relations,
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "SELECT number, contact_id, sent_days, received_days, sent_days + received_days - mutual_days "
            f"FROM ({' UNION ALL '.join(pairs_sql(rule, relations))}) AS active "
            f"JOIN {relations.participants} AS participant USING (employee_id) "
            "JOIN directory_employee AS employee ON employee.id = employee_id ORDER BY number, contact_id",
            facts.parameters(campaign, rule, instant),
        )
        return [Pair(*row) for row in cursor.fetchall()]


@dataclass(frozen=True)
class ContactFacts:
    """What the ranking knows of one employee's contact besides its days.

    outside_days: on which it may count, relative to the last day counted; none before it was handed over.
    """

    person_id: int | None
    outside_days: str
    handed_on: date | None = None


def contact_facts(
    campaign: Campaign, employee_id: int, instants: Sequence[datetime]
) -> list[dict[int, ContactFacts]]:
    """The special contacts among one employee's ties at each instant, by contact id; in one query."""
    rule = Rule.of(campaign)
    ends = [Instant.of(campaign, rule, as_of) for as_of in instants]
    at_one_end = facts.contacts(rule, of_employee=True).replace("%(last_day)s", "instant.last_day")
    since = days_since("handed.handed_on").replace("%(last_day)s", "instant.last_day")
    found: list[dict[int, ContactFacts]] = [{} for _ in ends]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT n - 1, contact_id, person_id, outside_days & {since}, handed_on "
            "FROM unnest(%(last_days)s::date[]) WITH ORDINALITY AS instant (last_day, n) "
            f"CROSS JOIN LATERAL ({at_one_end}) AS contact "
            f"LEFT JOIN ({facts.HANDED_TO_EMPLOYEE}) AS handed USING (contact_id) "
            "WHERE contact_id IN (SELECT contact_id FROM activity_tie WHERE employee_id = %(employee)s)",
            facts.parameters(campaign, rule, ends[0])
            | {"employee": employee_id, "last_days": [end.last_day for end in ends]},
        )
        for n, contact_id, *known in cursor.fetchall():
            found[n][contact_id] = ContactFacts(*known)
    return found


def takes_part(campaign: Campaign, employee_id: int, *, as_of: datetime) -> bool:
    """Whether an employee is on this campaign's board at all, with or without an active contact."""
    rule = Rule.of(campaign)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS (SELECT FROM ({facts.participants(campaign)}) AS participant "
            "WHERE employee_id = %(employee)s)",
            facts.parameters(campaign, rule, Instant.of(campaign, rule, as_of)) | {"employee": employee_id},
        )
        found: bool = cursor.fetchone()[0]
        return found


def division_of(campaign: Campaign, run: Run, employee_id: int) -> int | None:
    """The number of the division in which an employee competes by a campaign's run; None for who takes no part.

    Without a place it is what was fixed with the result, before there is one what the directory says.
    """
    if not campaign.divisions:
        return NO_DIVISION
    placed = Standing.objects.filter(run=run, employee=employee_id)
    fixed = FixedEmployee.objects.filter(campaign=campaign, employee=employee_id)
    for known in (placed, fixed):
        if (found := known.values_list("division", flat=True).first()) is not None:
            return found
    if campaign.results.exists():
        return None
    rule = Rule.of(campaign)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT division FROM ({facts.participants(campaign)}) AS participant "
            "WHERE employee_id = %(employee)s",
            facts.parameters(campaign, rule, Instant.of(campaign, rule, run.as_of))
            | {"employee": employee_id},
        )
        row = cursor.fetchone()
    return row and row[0]


def differs_from_inputs(board: Board) -> str | None:
    """What is wrong with a live run when it is computed again from the same inputs, or None.

    A run that has not seen the newest inputs is not judged: the next refresh replaces it.
    """
    run = board.live_run
    if run is None or run.input_version != input_version():
        return None
    stored = run.standings.order_by("division", "rank", "employee__number")
    columns = ("division", "rank", "employee__number", "active_contacts", "conversation_days")
    places = [(division, Row(*row)) for division, *row in stored.values_list(*columns)]
    if places != numbered_standings(board.campaign, as_of=run.as_of):
        return f"run {run.pk} is not what its inputs give"
    return None


def live_run(campaign: Campaign) -> Run | None:
    """The newest ranking of everything that arrived; None before the first."""
    try:
        board: Board = campaign.board
    except Board.DoesNotExist:
        return None
    return board.live_run


def latest_result(campaign: Campaign) -> Result | None:
    return campaign.results.order_by("-version").first()
