import logging

from celery import shared_task

from apps.campaigns.models import Campaign
from apps.ranking import services, sharding, what_ifs
from apps.ranking.attempts import forget_dead
from apps.ranking.retention import drop_old_runs
from bonus_tracker import clock

logger = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def refresh_running() -> None:
    """Queue one ranking for every campaign that has a live one, and what else was left undone."""
    forget_dead()
    for pk in what_ifs.unanswered():
        answer_what_if.delay(pk)
    for pk in Campaign.objects.filter(state__in=services.RANKED_STATES).values_list("pk", flat=True):
        refresh_campaign.delay(pk)


@shared_task(ignore_result=True)
def refresh_campaign(campaign_id: int) -> None:
    """Rank one campaign now; a campaign that was settled since it was queued is left alone."""
    try:
        run = services.refresh(Campaign.objects.get(pk=campaign_id), now=clock.now(), wait=False)
    except services.NotRanked as news:
        logger.info("%s", news)
        return
    if run:
        logger.info(
            "Ranked %s as of %s: %d participants, %d active contacts.",
            run.campaign.slug,
            run.as_of.isoformat(),
            run.participants,
            run.active_contacts,
        )


@shared_task(ignore_result=True)
def help_count() -> None:
    """Count along in the rankings under way; what others were faster with is left to them."""
    if shards := sharding.lend_a_hand():
        logger.info("Counted %d shards.", shards)


@shared_task(ignore_result=True)
def answer_what_if(pk: int) -> None:
    """Count what a question about another rule asks for; one that another job is at is left to it."""
    what_ifs.answer(pk)


@shared_task(ignore_result=True)
def drop_what_is_old() -> None:
    """Drop rankings whose time is over; what is not done within a job's time is done by the next."""
    if dropped := drop_old_runs(now=clock.now()):
        logger.info("%d old rankings were dropped.", dropped)
