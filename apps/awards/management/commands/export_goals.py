"""export_goals SLUG FILE.csv|FILE.xlsx --by USERNAME: who reached the goals, who did not, who is exempt."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from apps.awards.payment import commands
from apps.awards.prizes.outcomes import NoOutcomes, take_outcomes
from bonus_tracker import clock
from bonus_tracker.commands import Command as BaseCommand


class Command(BaseCommand):
    help = "Write who reached the goals of a campaign, who did not, and who is exempt."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("file", type=Path, metavar="FILE.csv|FILE.xlsx")
        parser.add_argument("--by", required=True, metavar="USERNAME", help="your sign-in")

    def handle(self, *_: Any, slug: str, file: Path, by: str, **__: Any) -> None:
        kind = commands.kind_of_new(file)
        campaign, user = commands.campaign(slug), commands.sign_in(by)
        try:
            file.write_bytes(take_outcomes(campaign, kind, by=user, now=clock.now()))
        except NoOutcomes as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"Goals of {slug} in {file}.")
