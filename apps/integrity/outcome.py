"""The end: a version that nothing keeps from being final becomes it, for good."""

from datetime import datetime

from django.db import transaction

from apps.audit.services import record
from apps.campaigns import lifecycle
from apps.directory.models import User
from apps.integrity.blockers import Blocker, blockers
from apps.integrity.hold import hold
from apps.integrity.models import FinalResult
from apps.ranking.models import Result


@transaction.atomic
def make_final(result: Result, *, by: User, now: datetime) -> list[Blocker]:
    """Name this version the final one, unless anything blocks it: then what does."""
    campaign = hold(result.campaign)
    if found := blockers(campaign, now=now, thorough=True):
        return found
    lifecycle.make_final(campaign, now=now, actor=by.get_username())
    FinalResult.objects.create(campaign=campaign, result=result, at=now)
    record(
        "result final",
        actor=by.get_username(),
        subject=f"campaign {campaign.slug}",
        at=now,
        details={"version": result.version, "sha256": result.sha256},
    )
    return []
