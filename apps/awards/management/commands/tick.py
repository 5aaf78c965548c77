"""Do all that is due."""

from typing import Any

from apps.awards.due import tick
from bonus_tracker import clock
from bonus_tracker.commands import Command as BaseCommand


class Command(BaseCommand):
    help = "Start, settle and propose whatever is due; safe to run at any time, twice, or beside the workers."

    def handle(self, *_: Any, **__: Any) -> None:
        done = tick(now=clock.now())
        self.stdout.write("\n".join(done) or "Nothing is due.")
