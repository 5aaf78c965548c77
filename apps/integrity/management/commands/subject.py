"""subject HANDLE --show|--erase|--block: what is kept about a person, shown, erased, or no longer counted."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from apps.integrity.subjects import acts
from apps.integrity.subjects.finding import Subject, SubjectRefused, find
from apps.integrity.subjects.showing import shown
from bonus_tracker import clock
from bonus_tracker.commands import Command as BaseCommand


class Command(BaseCommand):
    help = "Show what is kept about an employee or a contact, erase it, or stop counting it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("handle", help="a handle, or an employee's number")
        parser.add_argument("--platform", default=settings.DEFAULT_PLATFORM, help="the handle's messenger")
        act = parser.add_mutually_exclusive_group(required=True)
        act.add_argument("--show", action="store_true", help="everything, as JSON")
        act.add_argument("--erase", action="store_true", help="for good; what was sealed stays pseudonymous")
        act.add_argument("--block", action="store_true", help="count no longer")
        parser.add_argument("--reason", default="", help="for the audit log; needed to erase and to block")

    def handle(self, *_: Any, handle: str, platform: str, **options: Any) -> None:
        try:
            subject = find(handle, platform)
            if options["show"]:
                self.stdout.write(json.dumps(shown(subject), ensure_ascii=False, indent=1))
            else:
                self._act(subject, options)
        except SubjectRefused as error:
            raise CommandError(str(error)) from error

    def _act(self, subject: Subject, options: dict[str, Any]) -> None:
        who = {"reason": options["reason"], "actor": "system", "now": clock.now()}
        if options["erase"]:
            gone = acts.erase(subject, **who)
            counts = ", ".join(f"{count} {what}" for what, count in gone.items())
            self.stdout.write(f"Erased of {subject.name}: {counts}.")
            return
        for sentence in acts.block(subject, **who) or [f"{subject.name} takes part in nothing that runs."]:
            self.stdout.write(sentence)
