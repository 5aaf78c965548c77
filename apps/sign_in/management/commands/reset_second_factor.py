"""reset_second_factor USERNAME --reason TEXT: for a lost phone when no administrator is left who could do it."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from apps.directory.models import User
from apps.sign_in.resetting import ResetRefused, reset
from bonus_tracker import clock
from bonus_tracker.commands import Command as BaseCommand


class Command(BaseCommand):
    help = "Take away somebody's second factor; their next sign-in sets up a new one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--reason", required=True, help="for the audit log")

    def handle(self, *_: Any, username: str, reason: str, **__: Any) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no sign-in {username}.")
        if not reason.strip():
            raise CommandError("Give a --reason; it stays in the audit log.")
        try:
            reset(user, by=None, reason=reason.strip(), now=clock.now())
        except ResetRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"The second factor of {username} was reset.")
