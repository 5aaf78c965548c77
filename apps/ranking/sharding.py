"""Spreads one ranking over Celery workers; whoever ranks a campaign counts along, and needs nobody.

Redis only carries the call for hands: what there is to do, by whom it is done and what came of it stands in
PostgreSQL (apps.ranking.attempts). docs/decisions/0016 says why.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from threading import Event
from typing import TypeVar

from django.conf import settings
from django.db import connection
from kombu.exceptions import OperationalError

from apps.campaigns.models import Campaign
from apps.campaigns.rule import Rule
from apps.ranking import attempts, counting, facts
from apps.ranking.instant import Instant
from apps.ranking.ranges import Range, cut
from bonus_tracker.beside import beside

T = TypeVar("T")
logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.05  # between two looks whether a shard that another has came free
STAY_SECONDS = 1.0  # between two signs of life of the coordinator's transaction


def ranges_to_count() -> list[Range]:
    """As many as RANKING_SHARDS says; inside an outer transaction, whose changes no other could see, one."""
    return cut(1 if connection.savepoint_ids else settings.RANKING_SHARDS)


def count(campaign: Campaign, rule: Rule, instant: Instant, ranges: Sequence[Range]) -> str:
    """Count into the temporary table `counted`, as apps.ranking.counting does; returns those who take part.

    The caller's transaction is the outermost and holds the campaign's lock. Raises Unanswerable.
    """
    known = facts.parameters(campaign, rule, instant)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS taking_part")
        cursor.execute(
            f"CREATE TEMPORARY TABLE taking_part ON COMMIT DROP AS {facts.participants(campaign)}", known
        )
        key = _while_staying(partial(_prepare, campaign, rule, instant, ranges))
        cursor.execute("SELECT pg_export_snapshot()")
        _while_staying(partial(_count_all, key, cursor.fetchone()[0], len(ranges)))
    counting.rank(attempts.scores(key), "taking_part", known, is_divided=bool(campaign.divisions))
    attempts.forget(key)
    return "taking_part"


def lend_a_hand() -> int:
    """Count shards that nobody is at, of whatever rankings are under way; returns how many."""
    counted = 0
    for attempt in attempts.under_way():
        try:
            while attempts.is_understood(attempt) and _count_one(attempt, attempts.open_shards(attempt)):
                counted += 1
        except attempts.Over:
            continue
    return counted


def _count_one(attempt: attempts.Attempt, numbers: Iterable[int]) -> bool:
    return any(attempts.count_shard(attempt, number) for number in numbers)


def _prepare(campaign: Campaign, rule: Rule, instant: Instant, ranges: Sequence[Range], _stop: Event) -> int:
    attempts.forget_dead(campaign.pk)
    return attempts.prepare(campaign, rule, instant, ranges)


def _count_all(key: int, snapshot: str, shards: int, stop: Event) -> None:
    """Count until no shard is open; others begin at the first, so this begins at the last."""
    attempt = attempts.invite(key, snapshot)
    _call_hands(shards - 1)
    while not stop.is_set() and (numbers := attempts.open_shards(attempt)):
        if not _count_one(attempt, reversed(numbers)):
            stop.wait(LOOK_SECONDS)


def _call_hands(how_many: int) -> None:
    from apps.ranking.tasks import help_count

    try:
        for _ in range(how_many):
            help_count.apply_async(retry=False)
    except OperationalError as error:
        logger.warning("No workers can be called to count along (%s).", error)


def _while_staying(work: Callable[[Event], T]) -> T:
    """What the work answers, which is done beside the transaction of the caller.

    That has nothing else to do, and shows that it lives: servers may end a session that is idle for long.
    """
    with beside(work) as begun, connection.cursor() as cursor:
        has_ended = False
        while not has_ended:
            has_ended = begun.has_ended(within=STAY_SECONDS)
            cursor.execute("SELECT 1")  # raises when the server has ended it; then nothing else matters
        return begun.answer()
