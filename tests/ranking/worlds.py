"""Small invented companies for the property-based tests, drawn by Hypothesis; in_database.py puts them there.

Days lie around a change of the zone's clocks, some so far back that a tie no longer remembers them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from apps.activity.fields import DAYS_REMEMBERED
from apps.directory.handles import account_key
from tests import reference
from tests.reference import Belonging, Contest, Facts, Period

PLATFORM = "im"
NOW = datetime(2027, 1, 1, tzinfo=UTC)  # after everything that happens here
LONG_AGO = date(2020, 1, 1)

# Dates on which clocks change, at midnight itself in Nuuk, Cairo and Beirut.
PIVOTS = [
    ("America/New_York", date(2025, 11, 2)),
    ("America/New_York", date(2026, 3, 8)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Africa/Casablanca", date(2026, 2, 15)),
    ("Africa/Casablanca", date(2026, 3, 22)),
    ("America/Nuuk", date(2025, 10, 26)),
    ("Africa/Cairo", date(2025, 10, 31)),
    ("Africa/Cairo", date(2026, 4, 24)),
    ("Asia/Beirut", date(2026, 3, 29)),
    ("Asia/Shanghai", date(2026, 1, 1)),
]
NUMBERS = ["E1", "E2", "e3"]
STAFF_ACCOUNTS = ["a1@firm.example", "a2@firm.example", "a3@firm.example", "p1@home.example"]
STRANGERS = ["c1@out.example", "c2@out.example", "c3@sub.out.example", "p2@home.example", "13800138000"]
EVERYBODY = [*STAFF_ACCOUNTS, *STRANGERS, "nobody@firm.example"]
DOMAINS = ["firm.example", "out.example", "sub.out.example"]
KEYS = {account_key(PLATFORM, handle): handle for handle in EVERYBODY}

DIVISIONS: list[tuple[Belonging, ...]] = [
    (),
    (),
    (Belonging(departments=("Sales",)), Belonging()),
    (Belonging(groups=("hunters",)), Belonging(departments=("Sales / North",)), Belonging()),
    (Belonging(entities=("Firm",), departments=("Law", "Sales")), Belonging()),
]
TIMES = [time.min, time.max, time(0, 30), time(1, 45), time(2, 15), time(12), time(23, 15)]
EDGES = [-(DAYS_REMEMBERED + 20), -DAYS_REMEMBERED - 1, -DAYS_REMEMBERED, -DAYS_REMEMBERED + 1, -200, -35]
OFFSETS = st.one_of(st.integers(-8, 4), st.integers(-8, 4), st.integers(-31, 10), st.sampled_from(EDGES))
PERIOD_EDGES = st.one_of(st.integers(-9, 5), st.sampled_from([-400, -190, -181, -180, -40, -30]))


def examples(number: int) -> settings:
    """The same examples every time; one database for all of them, so each is rolled back (`rolled_back`)."""
    return settings(
        max_examples=number,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )


@dataclass(frozen=True)
class World:
    """Facts, one contest over them, and the instants to ask for."""

    facts: Facts
    contest: Contest
    instants: tuple[datetime, ...]

    @property
    def zone(self) -> str:
        return self.facts.zone.key


# Drawing


def moments(zone: str, pivot: date) -> st.SearchStrategy[datetime]:
    """Instants in UTC, many of them at the edges of days."""

    def moment(offset: int, of_day: time, fold: int) -> datetime:
        local = datetime.combine(pivot + timedelta(days=offset), of_day, ZoneInfo(zone))
        return local.replace(fold=fold).astimezone(UTC)

    return st.builds(moment, OFFSETS, st.sampled_from(TIMES), st.integers(0, 1))


def messages(zone: str, pivot: date) -> st.SearchStrategy[reference.Event]:
    """Mostly between an account of the staff and a stranger's."""

    def message(at: datetime, pair: tuple[str, str], swap: bool, room: int, delivery: int) -> reference.Event:
        one, other = reversed(pair) if swap else pair
        return reference.Event(at, one, other, room, delivery)

    outward = st.tuples(
        st.sampled_from(STAFF_ACCOUNTS[:2]), st.sampled_from([*STRANGERS[:3], *STAFF_ACCOUNTS[2:]])
    )
    anybody = st.tuples(st.sampled_from(EVERYBODY), st.sampled_from(EVERYBODY)).filter(lambda p: p[0] != p[1])
    return st.builds(
        message,
        moments(zone, pivot),
        st.one_of(outward, outward, outward, anybody),
        st.booleans(),
        st.sampled_from([2] * 9 + [3]),
        st.integers(0, 2),
    )


@st.composite
def timelines(
    draw: Callable[..., Any], pivot: date, values: Sequence[str | None]
) -> list[tuple[Any, Period]]:
    """(value, period) one after the other, from long ago on; None: nothing holds in between."""
    days = sorted(draw(st.sets(PERIOD_EDGES, max_size=2)))
    starts = [LONG_AGO, *(pivot + timedelta(days=day) for day in days)]
    ends = [start - timedelta(days=1) for start in starts[1:]] + [None]
    parts = [(draw(st.sampled_from(values)), Period(*days)) for days in zip(starts, ends, strict=True)]
    return [(value, period) for value, period in parts if value is not None]


@st.composite
def directories(draw: Callable[..., Any], zone: str, pivot: date) -> Facts:
    """Hires and leavers inside the window, accounts that change hands, contacts that become staff and leave."""
    always = [("", Period(LONG_AGO))]
    employments = [
        reference.Employment(number, days)
        for number in NUMBERS
        for _, days in draw(st.one_of(st.just(always), timelines(pivot, ["", "", None])))
    ]
    owners = []
    for account, number in zip(STAFF_ACCOUNTS, [*NUMBERS, None], strict=True):
        steady = [(number, Period(LONG_AGO))] if number else []
        drawn = draw(st.one_of(st.just(steady), timelines(pivot, [*NUMBERS, None])))
        owners += [reference.Owner(account, owner, days) for owner, days in drawn]
    return Facts(
        zone=ZoneInfo(zone),
        employments=tuple(employments),
        owners=tuple(owners),
        memberships=tuple(draw(memberships(pivot))),
        company_domains=frozenset(
            draw(st.sampled_from([[], [], [], DOMAINS[:1], DOMAINS[:1], DOMAINS[::2]]))
        ),
        **draw(facts_of_contacts(pivot)),
    )


@st.composite
def memberships(draw: Callable[..., Any], pivot: date) -> list[reference.Membership]:
    names = {"department": ["Sales", "Sales / North", "Law"], "entity": ["Firm"], "group": ["hunters"]}
    return [
        reference.Membership(number, kind, name, days)
        for number in NUMBERS
        for kind, of_kind in names.items()
        for name, days in draw(st.one_of(st.just([]), timelines(pivot, [*of_kind, None])))
    ]


@st.composite
def facts_of_contacts(draw: Callable[..., Any], pivot: date) -> dict[str, Any]:
    """Merged accounts in chains and circles, own accounts of employees, accounts that do not count or changed hands."""
    handed = st.builds(
        lambda account, taker, day: (account, taker, pivot + timedelta(days=day)),
        st.sampled_from(STRANGERS[:3]),
        st.sampled_from(NUMBERS[:2]),
        st.one_of(st.integers(-6, 3), st.integers(-6, 3), st.sampled_from([-400, -30])),
    )
    merges = st.tuples(st.sampled_from(STRANGERS), st.sampled_from(STRANGERS)).filter(lambda p: p[0] != p[1])
    own = st.tuples(st.sampled_from(STRANGERS), st.sampled_from(NUMBERS))
    by_contact = {"max_size": 2, "unique_by": lambda pair: pair[0]}
    return {
        "same_person": tuple(draw(st.lists(merges, **by_contact))) if draw(st.booleans()) else (),
        "own_accounts": tuple(draw(st.lists(own, **by_contact))) if draw(st.booleans()) else (),
        "not_counted": draw(st.frozensets(st.sampled_from(STRANGERS[3:]), max_size=1)),
        "handed_over": tuple(draw(st.lists(handed, min_size=2, max_size=6, unique_by=lambda fact: fact[:2])))
        if draw(st.booleans())
        else (),
    }


@st.composite
def contests(draw: Callable[..., Any], pivot: date) -> Contest:
    days = draw(st.sampled_from([None, 1, 3, 7, 30, 365, 365]))
    start = draw(st.sampled_from([-360, -30, -5, 0, 2] if days is None else [-800, -360, -30, -5, 0, 2]))
    fewest = st.sampled_from([0, 0, 1, 2])
    return Contest(
        starts_on=pivot + timedelta(days=start),
        window_days=days,
        min_sent_days=draw(fewest),
        min_received_days=draw(fewest),
        min_active_days=draw(st.sampled_from([1, 1, 2, 3])),
        min_mutual_days=draw(st.sampled_from([0, 0, 0, 1])),
        new_contacts_only=draw(st.sampled_from([False, False, True])),
        former_colleague_days=draw(st.sampled_from([0, 1, 180])),
        entities=draw(st.sampled_from([*[()] * 7, ("Firm",)])),
        departments=draw(st.sampled_from([*[()] * 7, ("Sales",), ("Law", "Sales / North")])),
        groups=draw(st.sampled_from([*[()] * 7, ("hunters",)])),
        opted_out=draw(st.sampled_from([frozenset(), frozenset(), frozenset({"E2"})])),
        divisions=draw(st.sampled_from(DIVISIONS)),
    )


@st.composite
def worlds(draw: Callable[..., Any], *, most_events: int = 40) -> World:
    zone, pivot = draw(st.sampled_from(PIVOTS))
    directory = draw(directories(zone, pivot))
    events = draw(st.lists(messages(zone, pivot), min_size=4, max_size=most_events))
    instants = draw(st.lists(moments(zone, pivot), min_size=2, max_size=4))
    return World(
        with_events(directory, events), draw(contests(pivot)), (*instants, datetime(2026, 12, 1, tzinfo=UTC))
    )


def with_events(facts: Facts, events: Sequence[reference.Event]) -> Facts:
    return replace(facts, events=tuple(events))
