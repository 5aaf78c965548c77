"""budget SLUG: what a campaign costs as things stand, and at most."""

from typing import Any

from django.core.management.base import CommandParser

from apps.awards.payment import commands
from apps.awards.prizes.budget import budget
from bonus_tracker import clock
from bonus_tracker.commands import Command as BaseCommand


class Command(BaseCommand):
    help = "Say what the prizes of a campaign cost as things stand, and what they cost at most."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")

    def handle(self, *_: Any, slug: str, **__: Any) -> None:
        self.stdout.write("\n".join(budget(commands.campaign(slug), now=clock.now()).sentences()))
