"""export_payroll SLUG FILE.csv|FILE.xlsx --by USERNAME [--again NUMBER]: hand approved awards to payroll."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import transaction

from apps.awards.models import PayrollExport
from apps.awards.payment import commands
from apps.awards.payment.exporting import export_awards
from apps.awards.payment.refusals import PaymentRefused
from apps.awards.payment.taking import take_file
from apps.campaigns.models import Campaign
from bonus_tracker import clock
from bonus_tracker.commands import Command as BaseCommand


class Command(BaseCommand):
    help = "Hand the approved awards of a campaign to payroll, each once, and write the file that payroll fills in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("file", type=Path, metavar="FILE.csv|FILE.xlsx")
        parser.add_argument("--by", required=True, metavar="USERNAME", help="your sign-in")
        parser.add_argument(
            "--again", type=int, metavar="NUMBER", help="write the file of an earlier export again"
        )

    def handle(self, *_: Any, slug: str, file: Path, by: str, again: int | None, **__: Any) -> None:
        kind = commands.kind_of_new(file)
        campaign, user, now = commands.campaign(slug), commands.sign_in(by), clock.now()
        with transaction.atomic():  # an export whose file may not be taken is not made
            try:
                export = _earlier(campaign, again) if again else export_awards(campaign, by=user, now=now)
                content = take_file(export, kind, by=user, now=now) if export else b""
            except PaymentRefused as error:
                raise CommandError(str(error)) from error
        if export is None:
            self.stdout.write(f"Nothing of {slug} is left to hand to payroll.")
            return
        try:
            file.write_bytes(content)
        except OSError as error:
            raise CommandError(
                f"{file} cannot be written: {error.strerror}; write it with --again {export.number}."
            ) from error
        self.stdout.write(f"Export {export.number} of {slug}: {export.payments.count()} awards in {file}.")


def _earlier(campaign: Campaign, number: int) -> PayrollExport:
    export = campaign.payroll_exports.filter(number=number).first()
    if export is None:
        raise CommandError(f"{campaign.slug} has no export {number}.")
    return export
