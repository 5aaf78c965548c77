"""export_evidence SLUG FILE.zip: a campaign's evidence, to be checked by somebody who need not trust us."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from apps.audit.signing import KeyRefused, signer
from apps.awards.evidence.exporting import EvidenceRefused, export_evidence
from apps.awards.payment import commands
from bonus_tracker import clock
from bonus_tracker.commands import Command as BaseCommand


class Command(BaseCommand):
    help = "Write everything a result was computed from, signed, with a program that checks it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("file", type=Path, metavar="FILE.zip")

    def handle(self, *_: Any, slug: str, file: Path, **__: Any) -> None:
        if file.exists():
            raise CommandError(f"{file} is there already; name a new file.")
        if not file.parent.is_dir():
            raise CommandError(f"{file.parent} is no folder; make it first.")
        campaign = commands.campaign(slug)
        try:
            digest = export_evidence(
                campaign, file, signer=signer(), actor="system", now=clock.now(), say=self.say
            )
        except (KeyRefused, EvidenceRefused) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Evidence of {slug} in {file}, SHA-256 {digest}.")
