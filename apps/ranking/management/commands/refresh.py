"""Rank now."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from apps.campaigns.models import Campaign
from apps.ranking.services import RANKED_STATES, NotRanked, refresh
from bonus_tracker import clock
from bonus_tracker.commands import Command as BaseCommand


class Command(BaseCommand):
    help = "Rank one campaign, or all that run, now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", nargs="?")

    def handle(self, *_: Any, **options: Any) -> None:
        now = clock.now()
        for campaign in _campaigns(options["slug"]):
            try:
                run = refresh(campaign, now=now)
            except NotRanked as error:
                raise CommandError(str(error)) from error
            if run is None:
                self.stdout.write(f"{campaign.slug}: nothing arrived since the last ranking.")
            else:
                self.stdout.write(
                    f"{campaign.slug}: ranked {run.participants:,} participants with {run.active_contacts:,} "
                    f"active contacts as of {clock.local(run.as_of)}."
                )


def _campaigns(slug: str | None) -> list[Campaign]:
    if slug is None:
        return list(Campaign.objects.filter(state__in=RANKED_STATES))
    return [find_campaign(slug)]


def find_campaign(slug: str) -> Campaign:
    """The campaign of that slug. Raises CommandError naming those there are."""
    campaign = Campaign.objects.filter(slug=slug).first()
    if campaign is None:
        known = ", ".join(Campaign.objects.order_by("slug").values_list("slug", flat=True)[:10])
        raise CommandError(f"There is no campaign {slug!r}; there are: {known or 'none yet'}.")
    return campaign
