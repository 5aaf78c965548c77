"""Old rankings go after their time; what was sealed stays, and so does whatever a campaign still needs."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from apps.audit.services import record
from apps.campaigns.models import Campaign
from apps.ranking.models import Board, Run, Standing

OVER = (Campaign.State.PAID, Campaign.State.VOID)
RUNS_AT_A_TIME = 50  # of a big company, a second or two


def drop_old_runs(*, now: datetime) -> int:
    """Drop the daily rankings of campaigns that are paid or void, RETENTION_RUNS_DAYS after their deadline.

    Answers how many. As often as wanted; each part is a transaction of its own. Only the run a board shows
    and sealed ones stay.
    """
    if not settings.RETENTION_RUNS_DAYS:
        return 0
    ended = now - timedelta(days=settings.RETENTION_RUNS_DAYS)
    dropped = 0
    for campaign in Campaign.objects.filter(state__in=OVER, deadline__lt=ended).order_by("pk"):
        while part := _drop_part(campaign, now):
            dropped += part
    return dropped


@transaction.atomic
def _drop_part(campaign: Campaign, now: datetime) -> int:
    """The row decides, not what the caller holds: a payment that came back takes a paid campaign to final."""
    current = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    if current.state not in OVER:
        return 0
    boards = Board.objects.filter(campaign=campaign).values_list("public_run_id", "live_run_id")
    shown = {run for board in boards for run in board if run}
    old = Run.objects.filter(campaign=campaign, result=None).exclude(pk__in=shown).order_by("pk")
    ids = list(old.values_list("pk", flat=True)[:RUNS_AT_A_TIME])
    if not ids:
        return 0
    Standing.objects.filter(run__in=ids)._raw_delete("default")
    Run.objects.filter(pk__in=ids)._raw_delete("default")
    record(
        "rankings dropped",
        actor="system",
        subject=f"rankings of {campaign.slug}",
        at=now,
        details={"runs": len(ids)},
    )
    return len(ids)
