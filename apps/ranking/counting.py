"""Counts active contacts for an instant: writes out the relations, then runs the one statement."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction

from apps.activity import sql as activity_sql
from apps.activity.fields import DAYS_REMEMBERED
from apps.campaigns.models import Campaign
from apps.campaigns.rule import Rule
from apps.ranking import facts, sql
from apps.ranking.instant import Instant
from bonus_tracker.clock import company_zone

PLANET_ROTATION = timedelta(days=2)  # a local date lies within two days of the same UTC date


class Unanswerable(Exception):
    """The sentence says why no ranking can be had for the instant asked for."""


@dataclass(frozen=True)
class Relations:
    """The relations that apps.ranking.sql reads, as SQL; participants: (employee_id)."""

    ties: str
    contacts: str
    partial: str
    participants: str
    has_merged: bool
    window_days: int


@contextmanager
def live_relations(campaign: Campaign, rule: Rule, instant: Instant) -> Iterator[Relations]:
    """Relations over what is recorded now, ready for use inside the block.

    Raises Unanswerable. Facts go to unlogged tables, keyed by the transaction: a temporary table or a CTE
    would keep the scan of the ties from running in parallel.
    """
    if instant.window_days > DAYS_REMEMBERED:
        raise Unanswerable(
            f"The window would hold {instant.window_days:,} days and ties remember {DAYS_REMEMBERED}; "
            "ask for an earlier instant, or give the rule window_days."
        )
    known = facts.parameters(campaign, rule, instant)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        key = cursor.fetchone()[0]
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
        yield Relations(
            ties=_ties(instant),
            contacts=f"(SELECT * FROM ranking_scratchcontact WHERE key = {key:d})",
            partial=f"(SELECT * FROM ranking_scratchemployee WHERE key = {key:d})",
            participants=f"({facts.participants(campaign)})",
            has_merged=facts.has_merged(),
            window_days=instant.window_days,
        )
        cursor.execute("DROP TABLE IF EXISTS past_tie")
        cursor.execute(f"DELETE FROM ranking_scratchcontact WHERE key = {key:d}")
        cursor.execute(f"DELETE FROM ranking_scratchemployee WHERE key = {key:d}")


def fixed_relations(campaign: Campaign, instant: Instant) -> Relations:
    """Relations over the input that was fixed when the campaign was settled."""
    pk = f"{campaign.pk:d}"
    return Relations(
        ties=activity_sql.taken_apart(fixed_ties(campaign, instant)),
        contacts=f"(SELECT * FROM ranking_fixedcontact WHERE campaign_id = {pk})",
        partial="(SELECT employee_id, employed_days FROM ranking_fixedemployee "
        f"WHERE campaign_id = {pk} AND employed_days IS NOT NULL)",
        participants=f"(SELECT employee_id FROM ranking_fixedemployee WHERE campaign_id = {pk})",
        has_merged=True,
        window_days=instant.window_days,
    )


def fixed_ties(campaign: Campaign, instant: Instant) -> str:
    """(employee_id, contact_id, anchor, sent, received): sets of days that begin at the last day counted."""
    last_day = f"'{instant.last_day.isoformat()}'::date"
    return (
        f"(SELECT employee_id, contact_id, {last_day} AS anchor, sent, received FROM ranking_fixedtie "
        f"WHERE campaign_id = {campaign.pk:d})"
    )


def _ties(instant: Instant) -> str:
    """The ties themselves when they can answer, else the same derived from the ledger."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(last_at) FROM activity_delivery WHERE state <> 'withdrawn'")
        newest = cursor.fetchone()[0]
    if newest is None:
        return "activity_tie"
    oldest_remembered = newest.astimezone(company_zone()).date() - timedelta(days=DAYS_REMEMBERED - 1)
    if instant.first_day >= oldest_remembered and (newest < instant.as_of or instant.ends_its_day()):
        return "activity_tie"
    _derive_past_ties(instant)
    return "past_tie"


def _derive_past_ties(instant: Instant) -> None:
    fold = activity_sql.ledger_fold(
        rows="i.occurred_at < %(as_of)s AND i.occurred_at >= %(since)s",
        talk="day BETWEEN %(first_day)s AND %(last_day)s",
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE past_tie ON COMMIT DROP AS {fold}",
            activity_sql.calendar()
            | {
                "as_of": instant.as_of,
                "since": instant.first_day - PLANET_ROTATION,
                "first_day": instant.first_day,
                "last_day": instant.last_day,
            },
        )


def pairs_sql(rule: Rule, relations: Relations, *, only: str = "true") -> list[str]:
    """Queries that together give every active pair; see apps.ranking.sql.active_pairs."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT employee_id FROM {relations.partial} AS partial")
        partial_ids = [employee for (employee,) in cursor.fetchall()]
    return sql.active_pairs(
        rule,
        ties=relations.ties,
        contacts=relations.contacts,
        partial=relations.partial,
        partial_ids=partial_ids,
        has_merged=relations.has_merged,
        window_days=relations.window_days,
        only=only,
    )


def count(campaign: Campaign, rule: Rule, instant: Instant, relations: Relations, *, shards: int = 1) -> None:
    """Count into the temporary table `counted` (employee_id, active_contacts, conversation_days, rank).

    shards: cuts the employees into that many ranges counted one after the other; the outcome is the same.
    """
    known = facts.parameters(campaign, rule, instant)
    with connection.cursor() as cursor:
        # Sets of days are opaque to the planner: it expects few rows, and would sort what fits in memory.
        cursor.execute(
            "SET LOCAL work_mem = '64MB'; SET LOCAL jit = off; "
            "SET LOCAL enable_mergejoin = off; SET LOCAL enable_sort = off"
        )
        for number, only in enumerate(_ranges(shards)):
            into = f"shard_{number}"
            scores = sql.scores(pairs_sql(rule, relations, only=only))
            cursor.execute(f"CREATE TEMPORARY TABLE {into} ON COMMIT DROP AS {scores}", known)
        together = " UNION ALL ".join(f"TABLE shard_{number}" for number in range(shards))
        cursor.execute(
            "CREATE TEMPORARY TABLE counted ON COMMIT DROP AS "
            "SELECT score.*, rank() OVER (ORDER BY active_contacts DESC)::integer AS rank "
            f"FROM ({together}) AS score JOIN {relations.participants} AS participant USING (employee_id)",
            known,
        )
        for number in range(shards):
            cursor.execute(f"DROP TABLE shard_{number}")


def _ranges(shards: int) -> Iterator[str]:
    if shards == 1:
        yield "true"
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) + 1 FROM directory_employee")
        highest = cursor.fetchone()[0]
    step = -(-highest // shards)
    for low in range(0, step * shards, step):
        yield f"tie.employee_id >= {low:d} AND tie.employee_id < {low + step:d}"
