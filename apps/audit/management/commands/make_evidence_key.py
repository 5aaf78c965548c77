"""make_evidence_key FILE: a new Ed25519 key to sign evidence and the log's head with."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from apps.audit.signing import KeyRefused, make_key
from bonus_tracker.commands import Command as BaseCommand


class Command(BaseCommand):
    help = "Make a key to sign evidence with, in a file that its owner alone may read; print the public key."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *_: Any, file: Path, **__: Any) -> None:
        try:
            made = make_key(file)
        except KeyRefused as error:
            raise CommandError(str(error)) from error
        self.say(f"Name {file} in EVIDENCE_KEY_FILE, and give this public key to whoever checks evidence:")
        self.stdout.write(made.public)
