"""Who may stand for a result: known before the deadline, and with nothing to win."""

from collections.abc import Iterator
from typing import NamedTuple

from django.utils.translation import gettext as _

from apps.audit.models import Entry
from apps.campaigns.lifecycle import APPROVER_PERMISSION
from apps.campaigns.models import Campaign
from apps.directory.models import User
from apps.integrity.prize_ranks import stands_among_them
from apps.ranking.models import Result


def at_the_deadline(campaign: Campaign) -> dict[int, str] | None:
    """Id and username of those who could approve when the deadline passed, by the log; None when it is silent."""
    entry = Entry.objects.filter(subject=f"campaign {campaign.slug}", action="campaign settling").last()
    return dict(entry.details["approvers"]) if entry and "approvers" in entry.details else None


class Doubt(NamedTuple):
    """Why an approval does not count. is_grave: it should never have come to be, so it blocks the result."""

    text: str
    is_grave: bool


def doubts(approver: User, result: Result) -> Iterator[Doubt]:
    if not approver.is_active or not approver.has_perm(APPROVER_PERMISSION):
        yield Doubt(_("%s may not approve results.") % approver, is_grave=False)
    if stands_among_them(approver, result):
        text = _("%s stands where a prize is at stake, so somebody else must approve.")
        yield Doubt(text % approver, is_grave=True)
    known = at_the_deadline(result.campaign)
    if known is not None and approver.pk not in known:
        text = _("%s became an approver since the deadline, so somebody else must approve.")
        yield Doubt(text % approver, is_grave=True)
