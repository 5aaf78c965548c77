"""apply_campaign FILE.toml [--rehearsal] [--draft]: create or change a campaign."""

import getpass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from apps.campaigns.announcement import Change
from apps.campaigns.division_words import division_sentences
from apps.campaigns.files import UnreadableFile, read
from apps.campaigns.problems import CampaignError, InvalidCampaign
from apps.campaigns.services import Outcome, announce
from apps.campaigns.words import rule_in_words
from bonus_tracker import clock
from bonus_tracker.commands import Command as BaseCommand


class Command(BaseCommand):
    help = "Create a campaign from a TOML file, or change it while its state allows."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.toml")
        parser.add_argument(
            "--rehearsal",
            action="store_true",
            help="seen by HR only, never paid; its deadline may have passed",
        )
        parser.add_argument("--draft", action="store_true", help="do not announce it yet")

    def handle(self, *_: Any, file: Path, rehearsal: bool, draft: bool, **__: Any) -> None:
        now = clock.now()
        try:
            announcement = read(file, clock.company_zone(), now=now, is_rehearsal=rehearsal)
            outcome = announce(
                announcement, actor=getpass.getuser(), now=now, is_rehearsal=rehearsal, draft=draft
            )
        except UnreadableFile as error:
            raise CommandError(str(error)) from error
        except InvalidCampaign as error:
            sentences = [f"{file.name}: {problem}" for problem in error.problems]
            raise CommandError("\n".join(sentences)) from error
        except CampaignError as error:
            raise CommandError(f"{file.name}: {error}") from error
        self._report(outcome)

    def _report(self, outcome: Outcome) -> None:
        campaign = outcome.campaign
        kind = "rehearsal" if campaign.is_rehearsal else "campaign"
        if outcome.created:
            self.stdout.write(f"Created {kind} {campaign.slug}, {campaign.get_state_display()}:")
        elif outcome.changed:
            self.stdout.write(f"Changed {kind} {campaign.slug}, {campaign.get_state_display()}:")
        else:
            self.stdout.write(f"Nothing to change: {kind} {campaign.slug} is so already.")
        for change in outcome.changes:
            self.stdout.write(f"  {_difference(change, created=outcome.created)}")
        self.stdout.write(rule_in_words(campaign))
        for sentence in division_sentences(campaign):
            self.stdout.write(sentence)
        for warning in outcome.warnings:
            self.say(f"Warning: {warning}")


def _difference(change: Change, *, created: bool) -> str:
    after = _shown(change.key, change.after)
    return (
        f"{change.key}: {after}"
        if created
        else f"{change.key}: {_shown(change.key, change.before)} -> {after}"
    )


def _shown(key: str, value: Any) -> str:
    if key == "rule.window_days" and value is None:
        return "the whole campaign"
    if value in (None, (), {}):
        return "none named" if key.startswith("participants.") else "none"
    if isinstance(value, datetime):
        return f"{value.astimezone(clock.company_zone()):%Y-%m-%d %H:%M:%S %z}"
    if isinstance(value, dict):
        return ", ".join(f"{language} {text}" for language, text in value.items())
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
