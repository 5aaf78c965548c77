"""Clears away what keeps a result from being final, for tests about something else."""

from datetime import datetime

from apps.activity.models import Delivery, Source
from apps.campaigns.models import Campaign
from apps.integrity import checks
from apps.integrity.due import look_again
from apps.integrity.models import CheckItem, Tick
from apps.ranking.services import latest_result
from tests.factories import DEADLINE, make_user

REVIEWERS = 2


def make_ready(campaign: Campaign, *, now: datetime) -> None:
    """Computed a second time, every winner's sample confirmed by two reviewers: approvals alone are missing."""
    campaign.refresh_from_db()
    look_again(campaign, now)
    reviewers = [make_user() for _ in range(REVIEWERS)]
    for item in CheckItem.objects.filter(owner__result=latest_result(campaign)):
        checks.name(item, actor="winner", now=now)
        for reviewer in reviewers:
            checks.tick(item, Tick.How.MET, reviewer=reviewer, now=now)


def complete_sources(until: datetime = DEADLINE) -> None:
    """As if every source had said that it has delivered everything; to be called before the input is fixed."""
    Source.objects.update(complete_until=until)
    Delivery.objects.filter(state=Delivery.State.OPEN).update(state=Delivery.State.APPLIED)
