"""Compare everything with what it was derived from, and derive again what is wrong."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from apps.activity import derive, owed
from apps.activity.models import Contact, Tie
from apps.activity.parts import ranges_to_compare
from apps.activity.sql import note_arrival
from apps.directory.models import Employee
from apps.ranking.models import Board, Result
from apps.ranking.sealing import differs_from_fixed_input
from apps.ranking.services import differs_from_inputs, refresh
from bonus_tracker import clock
from bonus_tracker.commands import Command as BaseCommand


class Command(BaseCommand):
    help = "Derive again the ties that are not what the ledger says, and rankings; --check only compares."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="compare, change nothing, exit 1 on a difference"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        (self._check if options["check"] else self._rebuild)()

    def _rebuild(self) -> None:
        now = clock.now()
        owed.work_off(now=now, say=self.say)
        wrong = 0
        ranges = ranges_to_compare()
        for number, part in enumerate(ranges, start=1):
            employees = derive.wrong_employees(part)
            self.say(
                f"{number} of {len(ranges)} ranges compared, {len(employees)} employees have wrong ties."
            )
            wrong += len(employees)
            owed.repair(employees, now=now)
            owed.work_off(now=now, say=self.say)
        note_arrival()  # so that boards whose inputs are the same are ranked again, too
        boards = [board for board in Board.objects.select_related("campaign") if board.is_live]
        for board in boards:
            refresh(board.campaign, now=now)
        self.stdout.write(
            f"{Tie.objects.count():,} ties are what the ledger says, {wrong:,} employees had wrong ones; "
            f"{len(boards)} campaigns ranked again."
        )

    def _check(self) -> None:
        try:
            owed.at_rest()
        except owed.BeingDerived as error:
            raise CommandError(f"{error} Run tick, or rebuild without --check, to go on with it.") from error
        for part in ranges_to_compare():
            for employee_id, contact_id in derive.differences(part)[:1]:
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
