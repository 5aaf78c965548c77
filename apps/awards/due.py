"""All that is due, found by state: campaigns that should have begun, ended, been settled or proposed."""

import logging
from collections.abc import Callable
from datetime import datetime

from apps.activity import owed
from apps.awards.models import Pulse
from apps.awards.prizes.proposing import propose_awards, settle
from apps.campaigns import lifecycle
from apps.campaigns.models import Campaign
from apps.integrity.due import look_again
from apps.ranking.services import NotRanked, refresh

logger = logging.getLogger(__name__)

SECONDS_OF_DERIVING = 30  # in one tick; the next one goes on

State = Campaign.State
Step = Callable[[Campaign, datetime], str]


def tick(*, now: datetime) -> list[str]:
    """Do all that is due at `now`, however late; returns a sentence for each thing that was done.

    What fails is logged whole and does not keep the rest from its due; the first error is raised at the end.
    """
    done: list[str] = []
    errors: list[Exception] = []
    try:
        owed.work_off(now=now, say=done.append, seconds=SECONDS_OF_DERIVING, wait=False)
    except Exception as error:
        logger.exception("Ties could not be derived again.")
        errors.append(error)
    for sentence in done:
        logger.info(sentence)
    for state, step in STEPS:
        for campaign in Campaign.objects.filter(state=state).order_by("deadline", "pk"):
            try:
                sentence = step(campaign, now)
            except Exception as error:
                logger.exception("Campaign %s could not be moved on from %s.", campaign.slug, state)
                errors.append(error)
                continue
            if sentence:
                logger.info(sentence)
                done.append(sentence)
    Pulse.beat(now=now, failures=len(errors))
    if errors:
        raise errors[0]
    return done


def _start(campaign: Campaign, now: datetime) -> str:
    return f"Campaign {campaign.slug} has begun." if lifecycle.start(campaign, now=now) else ""


def _begin_settling(campaign: Campaign, now: datetime) -> str:
    if not lifecycle.begin_settling(campaign, now=now):
        return ""
    try:
        refresh(campaign, now=now)
    except NotRanked as news:
        logger.info("%s", news)
    return f"The deadline of {campaign.slug} has passed; waiting {campaign.grace_hours} hours for late deliveries."


def _settle(campaign: Campaign, now: datetime) -> str:
    result = settle(campaign, now=now)
    if result is None:
        return ""
    return f"Grace of {campaign.slug} is over: result version {result.version} is sealed, SHA-256 {result.sha256}."


def _propose(campaign: Campaign, now: datetime) -> str:
    awards = propose_awards(campaign, now=now)
    return f"{len(awards)} awards of {campaign.slug} are proposed." if awards else ""


# In the order of a campaign's life, so that one late tick brings it all the way.
STEPS: list[tuple[State, Step]] = [
    (State.SCHEDULED, _start),
    (State.RUNNING, _begin_settling),
    (State.SETTLING, _settle),
    (State.PROVISIONAL, _propose),
    (State.PROVISIONAL, look_again),
]
