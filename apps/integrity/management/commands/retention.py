"""retention [--drop]: what would go now that its time is over, and what holds the rest."""

import getpass
from typing import Any

from django.core.management.base import CommandParser

from apps.integrity import retention
from bonus_tracker import clock
from bonus_tracker.commands import Command as BaseCommand


class Command(BaseCommand):
    help = "Say which months of the ledger and which ties would go, and what holds the rest; --drop lets them go."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--drop", action="store_true", help="now, instead of with the daily job")

    def handle(self, *_: Any, **options: Any) -> None:
        now = clock.now()
        if options["drop"]:
            said = retention.apply(now=now, actor=getpass.getuser())
            self.stdout.write("\n".join(said) or "Nothing goes.")
        else:
            self.stdout.write(
                "\n".join(retention.preview(now=now)) or "There is no ledger and there are no ties."
            )
