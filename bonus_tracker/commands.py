"""The base of this project's commands."""

from typing import Any

from django.core.management.base import BaseCommand

from bonus_tracker.startup import prepare


class Command(BaseCommand):
    """Results to standard output, progress and log to standard error, errors as one sentence.

    The database is made ready first, so that a command works on a fresh checkout.
    """

    requires_system_checks: list[str] = []  # start-up time; `check` runs them

    def execute(self, *args: Any, **options: Any) -> str | None:
        prepare()
        return super().execute(*args, **options)

    def say(self, text: str) -> None:
        """One line for the person watching, on standard error."""
        self.stderr.write(text, lambda line: line)
