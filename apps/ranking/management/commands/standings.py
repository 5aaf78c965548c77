"""Print the standings of a campaign as of any instant."""

import csv
from argparse import ArgumentParser
from datetime import datetime
from itertools import groupby
from typing import Any

from django.core.management.base import CommandError

from apps.campaigns.divisions import divisions_of, keys_by_number, name_of
from apps.campaigns.local_time import NoSuchTime, TwoSuchTimes, on_calendar
from apps.campaigns.models import Campaign
from apps.ranking.counting import Unanswerable
from apps.ranking.fingerprint import DIVIDED_HEADER, HEADER
from apps.ranking.instant import next_midnight
from apps.ranking.management.commands.refresh import find_campaign
from apps.ranking.services import Row, active_pairs, numbered_standings
from bonus_tracker import clock
from bonus_tracker.cells import harmless
from bonus_tracker.commands import Command as BaseCommand

EARLIEST_YEAR, LATEST_YEAR = 1990, 2199


class Command(BaseCommand):
    help = "Print who has how many active contacts, now or as of an instant."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument(
            "--as-of", help="ISO 8601 with offset, or on the company's calendar (default: now)"
        )
        parser.add_argument(
            "--csv",
            action="store_true",
            help="rank,employee,active_contacts; of all divisions with a first column that names them",
        )
        parser.add_argument("--division", metavar="KEY", help="of this division alone")
        parser.add_argument("--pairs", action="store_true", help="every active contact, as CSV")

    def handle(self, *_: Any, **options: Any) -> None:
        campaign = find_campaign(options["slug"])
        as_of = _instant(options["as_of"]) if options["as_of"] else _live_instant(campaign)
        try:
            self._print(campaign, as_of, options)
        except Unanswerable as error:
            raise CommandError(str(error)) from error

    def _print(self, campaign: Campaign, as_of: datetime, options: dict[str, Any]) -> None:
        if options["pairs"]:
            self._write_csv(
                ["employee", "contact", "sent_days", "received_days", "active_days"],
                active_pairs(campaign, as_of=as_of),
            )
            return
        keys, wanted = keys_by_number(campaign), _division(campaign, options["division"])
        rows = [
            (keys[number], row)
            for number, row in numbered_standings(campaign, as_of=as_of)
            if wanted in (None, keys[number])
        ]
        if options["csv"] and campaign.divisions and wanted is None:
            self._write_csv(DIVIDED_HEADER, ((key, *row[:3]) for key, row in rows))
        elif options["csv"]:
            self._write_csv(HEADER, (row[:3] for _key, row in rows))
        else:
            self._write_text(campaign, as_of, rows)

    def _write_text(self, campaign: Campaign, as_of: datetime, rows: list[tuple[str, Row]]) -> None:
        self.stdout.write(f"{campaign.localised_name()}, as of {clock.local(as_of)}")
        for key, of_division in groupby(rows, key=lambda row: row[0]):
            if key:
                self.stdout.write(f"{name_of(campaign, key)} ({key})")
            for _key, row in of_division:
                self.stdout.write(f"{row.rank:>6}  {row.active_contacts:>6}  {row.employee}")
        if not rows:
            self.stdout.write("Nobody has an active contact.")

    def _write_csv(self, header: list[str], rows: Any) -> None:
        writer = csv.writer(self.stdout, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([harmless(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)


def _division(campaign: Campaign, wanted: str | None) -> str | None:
    known = [division.key for division in divisions_of(campaign)]
    if wanted is None or wanted in known:
        return wanted
    if not known:
        raise CommandError(f"Campaign {campaign.slug} has no divisions; leave out --division.")
    raise CommandError(
        f"There is no division {wanted!r} in {campaign.slug}; name one of: {', '.join(known)}."
    )


def _live_instant(campaign: Campaign) -> datetime:
    return min(next_midnight(clock.now()), campaign.deadline)


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(
            f"--as-of {text!r} is not ISO 8601, such as 2026-12-31T18:00:00+08:00 or 2026-12-31."
        ) from None
    if not EARLIEST_YEAR <= instant.year <= LATEST_YEAR:
        raise CommandError(
            f"--as-of {text!r} is no instant of a campaign; give a year from {EARLIEST_YEAR} to {LATEST_YEAR}."
        )
    if instant.tzinfo:
        return instant
    try:
        return on_calendar(instant, clock.company_zone())
    except (NoSuchTime, TwoSuchTimes):
        raise CommandError(
            f"--as-of {text!r} is skipped or shown twice by the clocks of {clock.company_zone().key}; "
            "give it with an offset."
        ) from None
