"""Who ranks a campaign: one at a time."""

from django.db import connection

from apps.campaigns.models import Campaign

RANKING_LOCK = 0x52414E4B  # "RANK": one ranking a campaign at a time


def lock_campaign(campaign: Campaign) -> None:
    """Wait for the campaign's other rankings; held until the transaction ends, and its first statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [RANKING_LOCK, campaign.pk])


def try_to_lock_campaign(campaign: Campaign) -> bool:
    """As `lock_campaign`, without waiting: False when another ranking is under way."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [RANKING_LOCK, campaign.pk])
        is_mine: bool = cursor.fetchone()[0]
    return is_mine
