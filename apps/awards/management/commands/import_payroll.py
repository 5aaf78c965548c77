"""import_payroll SLUG FILE --by USERNAME [--dry-run]: bring in what payroll answered."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from apps.awards.payment import commands
from apps.awards.payment.confirming import confirm
from apps.awards.payment.refusals import PaymentRefused
from bonus_tracker import clock
from bonus_tracker.commands import Command as BaseCommand


class Command(BaseCommand):
    help = "Bring in payroll's answer, CSV or XLSX: what was paid, what came back. The whole file or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", required=True, metavar="USERNAME", help="your sign-in")
        parser.add_argument("--dry-run", action="store_true", help="check and report, change nothing")

    def handle(self, *_: Any, slug: str, file: Path, by: str, dry_run: bool, **__: Any) -> None:
        try:
            content = file.read_bytes()
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}; check the path.") from error
        campaign, user = commands.campaign(slug), commands.sign_in(by)
        try:
            report = confirm(campaign, content, by=user, now=clock.now(), dry_run=dry_run)
        except PaymentRefused as error:
            raise CommandError(f"{file.name}, nothing was taken over: {error}") from error
        if dry_run:
            self.say("Nothing is changed; this is what the file says:")
        self.stdout.write("\n".join(report.sentences()) or "The file has no lines.")
