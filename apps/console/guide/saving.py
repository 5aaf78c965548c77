"""Announces what the form says, unless somebody else was faster."""

import hashlib
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from apps.campaigns.announcement import Announcement
from apps.campaigns.models import Campaign
from apps.campaigns.problems import CampaignError
from apps.campaigns.services import Outcome, announce


class SlugTaken(CampaignError):
    """Another campaign has this slug; the text says so."""


class ChangedMeanwhile(CampaignError):
    """The campaign is not what the form was opened on."""


def fingerprint(it: Announcement) -> str:
    """Two announcements have the same when they say the same."""
    return hashlib.sha256(repr(it).encode()).hexdigest()[:16]


@transaction.atomic
def save(
    announcement: Announcement,
    campaign: Campaign | None,
    *,
    seen: str,
    is_rehearsal: bool,
    actor: str,
    now: datetime,
) -> Outcome:
    """A new one becomes a draft, and a draft stays one; what was announced is announced anew.

    campaign: what the form is about; seen: the fingerprint of what it said when the form was opened. Raises
    SlugTaken, ChangedMeanwhile and what `announce` raises; then nothing is saved.
    """
    if campaign is not None:
        current = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
        if fingerprint(Announcement.of(current)) != seen:
            raise ChangedMeanwhile(
                _(
                    "Somebody has changed this campaign since you opened this page. Nothing was saved: look at what it "
                    "says now, then save again what shall stand."
                )
            )
    outcome = announce(
        announcement,
        actor=actor,
        now=now,
        is_rehearsal=is_rehearsal,
        draft=campaign is None or current.state == Campaign.State.DRAFT,
    )
    if campaign is None and not outcome.created:
        raise SlugTaken(_("There is a campaign of this slug already; take another one."))
    return outcome
