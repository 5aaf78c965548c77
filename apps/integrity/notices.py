"""Tell employees what was decided about them; pages say it in their language."""

from datetime import datetime
from typing import Any

from apps.campaigns.models import Campaign
from apps.integrity.models import Notice


def tell(employee_id: int, campaign: Campaign, kind: str, now: datetime, **facts: Any) -> Notice:
    return Notice.objects.create(employee_id=employee_id, campaign=campaign, kind=kind, facts=facts, at=now)


def mark_seen(notices: list[Notice], *, now: datetime) -> None:
    Notice.objects.filter(pk__in=[notice.pk for notice in notices], seen_at=None).update(seen_at=now)
