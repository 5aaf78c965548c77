"""Derive everything again, or compare it with what is stored."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from apps.activity import derive
from apps.activity.models import Contact
from apps.directory.models import Employee
from apps.ranking.models import Board, Result
from apps.ranking.sealing import differs_from_fixed_input
from apps.ranking.services import differs_from_inputs, refresh
from bonus_tracker import clock
from bonus_tracker.commands import Command as BaseCommand


class Command(BaseCommand):
    help = "Derive ties and rankings again from the ledger; --check only compares."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="compare, change nothing, exit 1 on a difference"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        (self._check if options["check"] else self._rebuild)()

    def _rebuild(self) -> None:
        ties = 0
        for chunk in derive.chunks():
            ties += derive.rebuild(chunk)
            self.say(f"{ties:,} ties derived")
        now = clock.now()
        boards = [board for board in Board.objects.select_related("campaign") if board.is_live]
        for board in boards:
            refresh(board.campaign, now=now)
        self.stdout.write(
            f"{ties:,} ties derived again from the ledger, {len(boards)} campaigns ranked again."
        )

    def _check(self) -> None:
        for chunk in derive.chunks():
            for employee_id, contact_id in derive.differences(chunk)[:1]:
                employee = Employee.objects.get(pk=employee_id)
                hint = Contact.objects.filter(pk=contact_id).values_list("hint", flat=True).first()
                raise CommandError(
                    f"The tie of {employee.number} and contact {hint or contact_id} is not what the ledger says; "
                    "run rebuild without --check."
                )
        for board in Board.objects.select_related("campaign", "live_run"):
            if board.is_live and (problem := differs_from_inputs(board)):
                raise CommandError(
                    f"The board of {board.campaign.slug}: {problem}; run rebuild without --check."
                )
        for result in Result.objects.select_related("campaign", "run"):
            if problem := differs_from_fixed_input(result):
                raise CommandError(f"Result version {result.version} of {result.campaign.slug}: {problem}.")
        self.stdout.write("Ties, boards and sealed results are what the recorded facts say.")
