"""manage.py import_employees FILE.csv: the company's directory from a file of its HR system."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from apps.directory.importing import import_employees
from apps.directory.parsing import account_name, parsed_date, read_file
from apps.directory.records import DirectoryError
from bonus_tracker import clock
from bonus_tracker.commands import Command as BaseCommand

PROBLEMS_SHOWN = 20


class Command(BaseCommand):
    help = (
        "Take in employees from a CSV file with the columns number,name,department,handle,hired_on,left_on"
        " and optionally entity,platform,groups; one line for each handle. People it leaves out stay."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument("--dry-run", action="store_true", help="only show what would change")
        parser.add_argument(
            "--effective", metavar="DATE", help="first day of changed departments and entities; default today"
        )
        parser.add_argument(
            "--platform", metavar="NAME", help="messenger of the handles; default DEFAULT_PLATFORM"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        now = clock.now()
        try:
            effective = options["effective"]
            platform = options["platform"] or settings.DEFAULT_PLATFORM
            account_name(platform, "checks the platform alone")
            diff = import_employees(
                read_file(options["file"]),
                platform=platform,
                effective=parsed_date("--effective", effective) if effective else clock.today(),
                actor="system",
                now=now,
                dry_run=options["dry_run"],
            )
        except DirectoryError as error:
            raise CommandError(refusal(options["file"], error)) from error
        except ValueError as error:
            raise CommandError(f"{error}.") from error
        for line in diff.report():
            self.stdout.write(line)
        self.stdout.write(self._summary(diff.summary(), dry_run=options["dry_run"]))

    def _summary(self, changes: str, *, dry_run: bool) -> str:
        if not changes:
            return "Nothing changes: the directory already says all of this."
        return f"Dry run, nothing was changed; it would be: {changes}." if dry_run else f"Changed: {changes}."


def refusal(path: Path, error: DirectoryError) -> str:
    """One sentence when one thing is wrong, else a line for each of the first, in the order of the file."""
    texts = [
        f"line {problem.line}: {problem.text}" if problem.line else problem.text for problem in error.problems
    ]
    if len(texts) == 1:
        return f"Nothing was imported from {path}: {texts[0].rstrip('.')}."
    more = [f"and {len(texts) - PROBLEMS_SHOWN} more"] if len(texts) > PROBLEMS_SHOWN else []
    listed = "\n".join([*texts[:PROBLEMS_SHOWN], *more])
    return f"Nothing was imported from {path}; correct these {len(texts)} problems:\n{listed}"
