"""A ranking counted in shards: what is to be counted, and what came of it, for whoever lends a hand.

An attempt is one ranking under way. Its facts and shards are committed first; then its coordinator exports
a snapshot, through which everybody counts, so that all shards see the same ties. Whoever counts a shard
holds its row: a killed hand lets go of it, and the next one takes it. All of it is scratch in unlogged tables.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import psycopg
from django.db import DatabaseError, OperationalError, connection, transaction

from apps.campaigns.models import Campaign
from apps.campaigns.rule import Rule
from apps.ranking import facts, sql
from apps.ranking.counting import forget_facts, relations_over, source, suit_the_planner, write_facts
from apps.ranking.instant import Instant
from apps.ranking.locks import RANKING_LOCK
from apps.ranking.ranges import Range

# A hand that hangs or whose machine is gone lets go of its shard after as long.
LET_GO = """
    SET LOCAL client_connection_check_interval = '500ms';
    SET LOCAL idle_in_transaction_session_timeout = '10s'
"""
# PostgreSQL 15 to 18 say so in different ways.
SNAPSHOT_IS_GONE = (
    psycopg.errors.InvalidParameterValue,
    psycopg.errors.UndefinedObject,
    psycopg.errors.ObjectNotInPrerequisiteState,
)


class Over(Exception):
    """The coordinator is gone, or has all it needs."""


@dataclass(frozen=True)
class Attempt:
    key: int
    campaign_id: int
    as_of: datetime
    snapshot: str
    statement: str


def prepare(campaign: Campaign, rule: Rule, instant: Instant, ranges: Sequence[Range]) -> int:
    """Commit the facts and a shard for each range; returns the attempt's key. Raises Unanswerable."""
    with transaction.atomic(), connection.cursor() as cursor:
        key = write_facts(campaign, rule, instant)
        cursor.execute(
            "INSERT INTO ranking_attempt (key, campaign_id, as_of, statement) VALUES (%s, %s, %s, %s)",
            [key, campaign.pk, instant.as_of, statement_hash(rule, instant)],
        )
        cursor.executemany(
            "INSERT INTO ranking_shard (key, number, low, high) VALUES (%s, %s, %s, %s)",
            [(key, number, employees.low, employees.high) for number, employees in enumerate(ranges)],
        )
    return key


def invite(key: int, snapshot: str) -> Attempt:
    """From now on others may count, too."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ranking_attempt SET snapshot = %s WHERE key = %s", [snapshot, key])
    return next(attempt for attempt in under_way() if attempt.key == key)


def under_way() -> list[Attempt]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key, campaign_id, as_of, snapshot, statement FROM ranking_attempt "
            "WHERE snapshot IS NOT NULL ORDER BY key"
        )
        return [Attempt(*row) for row in cursor.fetchall()]


def is_understood(attempt: Attempt) -> bool:
    """Whether this version of the program would count as the coordinator's does."""
    campaign = Campaign.objects.get(pk=attempt.campaign_id)
    rule = Rule.of(campaign)
    return attempt.statement == statement_hash(rule, Instant.of(campaign, rule, attempt.as_of))


def open_shards(attempt: Attempt) -> list[int]:
    """Those that nobody has counted yet; somebody may be at it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number FROM ranking_shard WHERE key = %s AND employee_ids IS NULL ORDER BY number",
            [attempt.key],
        )
        return [number for (number,) in cursor.fetchall()]


def count_shard(attempt: Attempt, number: int) -> bool:
    """Count a shard and commit its scores; False when somebody else is at it or has done it. Raises Over."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            look_through(attempt.snapshot)
            cursor.execute(LET_GO)
            cursor.execute(
                "SELECT low, high FROM ranking_shard WHERE key = %s AND number = %s FOR UPDATE SKIP LOCKED",
                [attempt.key, number],
            )
            taken = cursor.fetchone()
            if taken is None:
                return False
            _count(attempt, number, Range(*taken))
    except OperationalError as error:
        if isinstance(error.__cause__, psycopg.errors.SerializationFailure):
            return False  # counted and committed since the snapshot
        raise
    return True


def look_through(snapshot: str) -> None:
    """Let this transaction, which begins, see what the coordinator saw. Raises Over."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SET TRANSACTION SNAPSHOT %s", [snapshot])
    except DatabaseError as error:
        if isinstance(error.__cause__, SNAPSHOT_IS_GONE):
            raise Over from error
        raise


def _count(attempt: Attempt, number: int, employees: Range) -> None:
    campaign = Campaign.objects.get(pk=attempt.campaign_id)
    rule = Rule.of(campaign)
    instant = Instant.of(campaign, rule, attempt.as_of)
    relations = relations_over(attempt.key, campaign, instant, employees)
    suit_the_planner(in_ranges=True)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE ranking_shard SET (employee_ids, active_contacts, conversation_days) = (
                SELECT coalesce(array_agg(employee_id), '{{}}'), coalesce(array_agg(active_contacts), '{{}}'),
                    coalesce(array_agg(conversation_days), '{{}}')
                FROM ({sql.scores(rule, source(relations, employees))}) AS score
            ) WHERE key = {attempt.key:d} AND number = {number:d}
            """,
            facts.parameters(campaign, rule, instant),
        )


def scores(key: int) -> str:
    """(employee_id, active_contacts, conversation_days) of all shards together."""
    return (
        "SELECT score.* FROM ranking_shard CROSS JOIN LATERAL unnest(employee_ids, active_contacts, conversation_days) "
        f"AS score (employee_id, active_contacts, conversation_days) WHERE key = {key:d}"
    )


def statement_hash(rule: Rule, instant: Instant) -> str:
    """Of the rule as SQL: a hand of another version of the program counts nothing of this one."""
    special = sql.Special((0,), (0,), (0,))
    source = sql.Source(
        "tie", "contact", "partial", special, instant.window_days, may_be_newer=True, handed="handed"
    )
    text = sql.scores(rule, source)
    return hashlib.sha256(text.encode()).hexdigest()


def forget(key: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ranking_shard WHERE key = %s", [key])
        cursor.execute("DELETE FROM ranking_attempt WHERE key = %s", [key])
    forget_facts(key)


def forget_dead(campaign_id: int | None = None) -> None:
    """Remove what killed coordinators left; all there is of `campaign_id`, whose lock the caller holds elsewhere.

    A coordinator that lives holds its campaign's lock. What a hand is still counting stays for the next time.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            WITH dead AS (
                SELECT shard.key, shard.number FROM ranking_shard AS shard JOIN ranking_attempt USING (key)
                WHERE campaign_id = %(campaign)s OR pg_try_advisory_xact_lock(%(lock)s, campaign_id)
                FOR UPDATE OF shard SKIP LOCKED
            )
            DELETE FROM ranking_shard AS shard USING dead WHERE (shard.key, shard.number) = (dead.key, dead.number)
            """,
            {"campaign": campaign_id, "lock": RANKING_LOCK},
        )
        cursor.execute("DELETE FROM ranking_attempt WHERE key NOT IN (SELECT key FROM ranking_shard)")
        for facts_of_one in ("contact", "employee", "handover"):
            scratch = f"ranking_scratch{facts_of_one}"
            cursor.execute(f"DELETE FROM {scratch} WHERE key NOT IN (SELECT key FROM ranking_attempt)")
