"""verify_audit [--head HASH]: does the log still say what was written?"""

import re
from typing import Any

from django.core.management.base import CommandError, CommandParser

from apps.audit.services import verify
from bonus_tracker.commands import Command as BaseCommand


class Command(BaseCommand):
    help = "Check the audit log from its first entry; name the first one that does not hold."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--head",
            default="",
            metavar="HASH",
            help="a head noted elsewhere earlier, which must still be there",
        )

    def handle(self, *_: Any, head: str, **__: Any) -> None:
        if head and not re.fullmatch(r"[0-9a-f]{64}", head):
            raise CommandError(
                "--head: a head is 64 hexadecimal digits; copy it whole from an earlier check."
            )
        verdict = verify(head)
        if verdict.problem:
            raise CommandError(f"The audit log does not hold: {verdict.problem}.")
        self.stdout.write(f"The audit log holds: {verdict.count} entries, head {verdict.head}.")
