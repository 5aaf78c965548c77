"""A seeded company in a database of its own: made once, kept for the next run, copied for what alters it."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Self

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from apps.campaigns.models import Campaign
from apps.directory.handles import key_fingerprint
from benchmarks import company, history, place
from bonus_tracker.clock import company_zone
from bonus_tracker.startup import check_stamp

RECIPE = 1  # grows with every change of how a world is made, so that older ones are made anew
LAST_DAY = date(2026, 11, 13)  # a Friday
MOST_DAYS = 62  # a bigint holds them, as the floors need
MONTH, YEAR = "month", "year"  # slugs of the two campaigns: windows of 30 and of 365 days


@dataclass(frozen=True)
class Size:
    """How large a company is. ties: employees x contacts; ledger_days: the newest days whose messages are kept."""

    employees: int = 30_000
    contacts: int = 100  # an employee, on average
    days: int = 35  # of history
    ledger_days: int = 35

    @property
    def ties(self) -> int:
        return self.employees * self.contacts

    def __str__(self) -> str:
        return f"{self.employees:,} x {self.contacts}, {self.days} days"

    def ten_times(self) -> Self:
        """The company with ten times the people; of its ledger the last day only, which rankings never read."""
        return replace(self, employees=10 * self.employees, ledger_days=1)


SIZES = {
    "tenth": Size(employees=3_000),
    "default": Size(),
    "tenfold": Size().ten_times(),
}


@dataclass(frozen=True)
class World:
    """An opened world: Django's connection works in its database. events: rows of its ledger."""

    database: str
    size: Size
    seed: int
    ties: int
    events: int

    @property
    def last_day(self) -> date:
        """The last day of history, on the company's calendar."""
        return LAST_DAY

    @property
    def first_day(self) -> date:
        return LAST_DAY - timedelta(days=self.size.days - 1)

    @property
    def now(self) -> datetime:
        """The evening of the last day, after its last message."""
        return datetime.combine(LAST_DAY, time(23), company_zone()).astimezone(UTC)

    @property
    def month(self) -> Campaign:
        return Campaign.objects.get(slug=MONTH)

    @property
    def year(self) -> Campaign:
        return Campaign.objects.get(slug=YEAR)

    def environment(self) -> dict[str, str]:
        """For the program in a process of its own: this database, and a clock that shows `now` and runs."""
        servers = settings.SERVICES
        return {
            "DATABASE_URL": place.url_of(servers.database_owner_url, self.database),
            "DATABASE_OWNER_URL": place.url_of(servers.database_owner_url, self.database),
            "REDIS_URL": servers.redis_url,
            "REDIS_PREFIX": f"{self.database}:",
            "SECRET_KEY": settings.SECRET_KEY,
            "PSEUDONYM_KEY": settings.PSEUDONYM_KEY,
            "CLOCK": f"{self.now.isoformat()}@{datetime.now(UTC).timestamp():.3f}x1",
        }

    def use(self) -> None:
        """Let Django work here again, after another world was opened."""
        place.use(self.database)

    @contextmanager
    def copy(self) -> Iterator["World"]:
        """A copy to be altered, dropped at the end; afterwards Django works in the original again."""
        name = f"{self.database}_copy"
        place.drop(name)
        place.create(name, template=self.database)
        try:
            place.use(name)
            yield replace(self, database=name)
        finally:
            place.drop(name)
            self.use()


def open_world(size: Size, seed: int) -> World:
    """The world of this size and seed, made when it is not there, and Django working in its database."""
    database = f"{place.PREFIX}{size.employees}x{size.contacts}x{size.days}x{size.ledger_days}_{seed}"
    if place.exists(database):
        place.use(database)
        if world := _found(database, size, seed):
            return world
    _make(database, size, seed)
    place.use(database)
    made = _found(database, size, seed)
    assert made is not None
    return made


def build(size: Size, seed: int) -> None:
    """Fill the database that Django works in; it must be migrated and empty."""
    first_day = LAST_DAY - timedelta(days=size.days - 1)
    company.build(size.employees, size.contacts, size.days, first_day, seed)
    history.build(size.days, size.ledger_days, first_day)
    _make_campaigns(first_day)
    check_stamp()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench.stamp AS SELECT %s AS text", [_stamp(size, seed)])


def settle() -> None:
    """What autovacuum would have done by now; not inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("CHECKPOINT")


def _make(database: str, size: Size, seed: int) -> None:
    """Beside its place and renamed at the end, so that an interrupted making leaves nothing half done."""
    sys.stderr.write(f"Making a company of {size} (seed {seed})\n")
    unfinished = f"{place.PREFIX}unfinished"
    place.drop(database)
    place.drop(unfinished)
    place.create(unfinished)
    place.use(unfinished)
    call_command("migrate", verbosity=0, interactive=False)
    build(size, seed)
    settle()
    place.rename(unfinished, database)


def _found(database: str, size: Size, seed: int) -> World | None:
    """The world in the database that Django works in, unless it is older than the program."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM bench.stamp")
        if cursor.fetchone()[0] != _stamp(size, seed):
            return None
        cursor.execute(
            "SELECT (SELECT count(*) FROM bench.pair), (SELECT sum(counted) FROM activity_delivery)"
        )
        ties, events = cursor.fetchone()
    return World(database, size, seed, ties, int(events))


def _stamp(size: Size, seed: int) -> str:
    made_of = asdict(size) | {
        "seed": seed,
        "recipe": RECIPE,
        "last day": LAST_DAY.isoformat(),
        "zone": settings.COMPANY_TIME_ZONE,
        "key": key_fingerprint(),
    }
    return json.dumps(made_of, sort_keys=True)


def _make_campaigns(first_day: date) -> None:
    """Both run, began before any window looks back, and count alike but for the window."""
    start = datetime.combine(first_day - timedelta(days=380), time.min, company_zone())
    deadline = datetime.combine(LAST_DAY + timedelta(days=48), time.min, company_zone())
    for slug, window_days in ((MONTH, 30), (YEAR, 365)):
        campaign = Campaign.objects.create(
            slug=slug,
            name={"en": f"The {slug}"},
            starts_at=start,
            deadline=deadline,
            window_days=window_days,
            created_at=start,
        )
        campaign.state = Campaign.State.RUNNING
        campaign.save(update_fields=["state"])
