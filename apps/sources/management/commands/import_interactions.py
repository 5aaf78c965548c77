"""Import a file of interactions: who wrote to whom and when."""

import getpass
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from apps.activity.batch import ContactCollision
from apps.activity.ingest import DeliveryClosed
from apps.sources import claims
from apps.sources.ahead import MakerEnded
from apps.sources.files import UnusableFile, check
from apps.sources.importing import BeingRead, Summary, find_or_make_source, held_counts, import_file
from bonus_tracker import clock
from bonus_tracker.commands import Command as BaseCommand

SECONDS_BETWEEN_REPORTS = 1.0
HELD_TEXT = {
    "unknown_staff": "company handle that nobody in the directory had on that day",
    "future": "more than five minutes in the future",
    "late": "older than the source's stated lag",
    "unreadable": "unreadable line",
}


class Command(BaseCommand):
    help = "Import interactions from a CSV or JSON Lines file, plain or .gz: message_id,sent_at,from,to[,room_size]."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", required=True, help="where the file comes from; made on first use")
        parser.add_argument("--platform", help="the messenger of its handles (default: the source's)")
        parser.add_argument("--covers", metavar="FROM/TO", help="the time span the file speaks for, ISO 8601")

    def handle(self, *_: Any, **options: Any) -> None:
        now = clock.now()
        try:
            covers = claims.parsed_span(options["covers"], now=now) if options["covers"] else None
            checked = check(options["file"], self._progress("checked"))
            if checked.is_empty and covers is None:
                self.stdout.write(f"{options['file']} has no lines below its header: nothing was imported.")
                self.say("To record that nothing was sent in some time, give --covers FROM/TO.")
                return
            source = find_or_make_source(options["source"], options["platform"], now=now)
            summary = import_file(
                checked,
                source,
                actor=getpass.getuser(),
                now=now,
                covers=covers,
                progress=self._progress("imported", checked.lines),
            )
        except (
            UnusableFile,
            claims.ClaimRefused,
            BeingRead,
            MakerEnded,
            ContactCollision,
            DeliveryClosed,
        ) as error:
            raise CommandError(str(error)) from error
        self._sum_up(summary)

    def _progress(self, verb: str, total: int | None = None) -> Any:
        started = reported = time.monotonic()
        before: int | None = None  # lines of an earlier try, which an import that goes on has behind it

        def report(lines: int) -> None:
            nonlocal started, reported, before
            now = time.monotonic()
            if before is None:
                started, before = now, lines
            elif now - reported >= SECONDS_BETWEEN_REPORTS:
                reported = now
                share = f" of {total:,} ({100 * lines // total} %)" if total else ""
                self.say(f"{lines:,}{share} lines {verb}, {(lines - before) / (now - started):,.0f} a second")

        return report

    def _sum_up(self, summary: Summary) -> None:
        d = summary.delivery
        self.stdout.write(f"Delivery {d.pk} ({d.name}) {_outcome(summary)}.")
        self.stdout.write(f"  interactions counted  {d.counted:>12,}")
        self.stdout.write(f"  staff to staff        {d.staff_only:>12,}")
        self.stdout.write(f"  outsider to outsider  {d.outsiders_only:>12,}")
        self.stdout.write(f"  in larger rooms       {d.group_rooms:>12,}")
        self.stdout.write(f"  quarantined           {d.quarantined:>12,}")
        counts = held_counts(d)
        for reason, lines in summary.held_lines.items():
            more = counts[reason] - len(lines)
            where = ", ".join(map(str, lines)) + (f" and {more:,} more" if more else "")
            self.stdout.write(f"    {HELD_TEXT[reason]}: {counts[reason]:,} (lines {where})")
        problems = d.quarantine.exclude(problem="").order_by("line").values_list("line", "problem")[:5]
        for line, problem in problems:
            self.say(f"Line {line}: {problem}.")
        if d.first_at and d.last_at:
            self.stdout.write(f"  span                  {claims.shown((d.first_at, d.last_at))}")
        if d.covers_from:
            self.stdout.write(f"  covers                {claims.shown((d.covers_from, d.covers_to))}")


def _outcome(summary: Summary) -> str:
    if summary.is_new:
        return "imported"
    return (
        "was imported before; it covers more now"
        if summary.covers_more
        else "was imported before; nothing changed"
    )
