"""What will change, or has: one line a change, gathered by kind."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.directory.kinds import HEADINGS, Kind, heading, sum_up
from apps.directory.periods import FOREVER, Days, without
from apps.directory.planning import assigned
from apps.directory.records import Record, Row, Stated, Table
from bonus_tracker import formats

LINES_SHOWN = 50  # of each kind


class Section(NamedTuple):
    """The changes of one kind: how many, and the first of them, each with its sign (+ ~ - !) and its words."""

    heading: str
    how_many: int
    lines: list[tuple[str, str]]
    is_warning: bool

    @property
    def left_out(self) -> int:
        return self.how_many - len(self.lines)


Say = Callable[[Any], str]  # how a date, Days, or several of these are said
Words = Callable[[Say], str]  # spelled out only when shown: a first import has 70,000
Line = tuple[Kind, Words]


def as_in_files(days: Any) -> str:
    return ", ".join(map(as_in_files, days)) if isinstance(days, list) else str(days)


def as_on_pages(days: Any) -> str:
    if isinstance(days, list):
        return ", ".join(map(as_on_pages, days))
    if not isinstance(days, Days):
        return formats.day(days)
    if days.ends_on is None:
        return _("%(day)s onwards") % {"day": formats.day(days.start)}
    if days.start == days.end:
        return formats.day(days.start)
    return _("%(first)s to %(last)s") % {"first": formats.day(days.start), "last": formats.day(days.end)}


class Diff:
    def __init__(self) -> None:
        self.lines: dict[Kind, list[Words]] = {kind: [] for kind in Kind}

    def add(self, lines: Iterable[Line]) -> None:
        for kind, line in lines:
            self.lines[kind].append(line)

    def counts(self) -> dict[str, int]:
        """How many changes of each kind there are, by lower-case name; warnings change nothing."""
        return {kind.name.lower(): count for kind, count in self._counts().items()}

    def _counts(self) -> dict[Kind, int]:
        return {kind: len(lines) for kind, lines in self.lines.items() if lines and kind != Kind.WARNING}

    def report(self, say: Say = as_in_files) -> Iterator[str]:
        """Each kind with its count and at most LINES_SHOWN of its lines."""
        for kind, lines in self.lines.items():
            if not lines:
                continue
            yield heading(kind, len(lines))
            yield from (words(say) for words in lines[:LINES_SHOWN])
            if len(lines) > LINES_SHOWN:
                yield _("and %(count)d more") % {"count": len(lines) - LINES_SHOWN}

    def sections(self) -> list[Section]:
        """What `report` says, as a page shows it."""
        return [
            Section(
                str(HEADINGS[kind]),
                len(lines),
                [_sign_and_words(words(as_on_pages)) for words in lines[:LINES_SHOWN]],
                kind == Kind.WARNING,
            )
            for kind, lines in self.lines.items()
            if lines
        ]

    def summary(self) -> str:
        return sum_up(self._counts())


def _sign_and_words(line: str) -> tuple[str, str]:
    sign, _space, words = line.partition(" ")
    return sign, words


def person_lines(before: Record | None, after: Record) -> Iterator[Line]:
    """Every difference between two records of one person."""
    if before == after:
        return
    employments = assigned(before.employments() if before else [], after.employments())
    fresh = [days for days, held in employments.items() if not held]
    if before and before.name != after.name:
        text = gettext_noop("~ %(number)s renamed from %(old)s to %(new)s")
        yield Kind.RENAMED, spelled(text, number=after.number, old=before.name, new=after.name)
    for days in fresh:
        first = before is None and days == fresh[0]
        yield (Kind.HIRED if first else Kind.REHIRED), partial(_hired, after, days, first)
    for days, held in employments.items():
        if held and held != [days]:
            yield Kind.CORRECTED, partial(_corrected, after.number, held, days)
    if before:
        yield from _moves(before, after, fresh, Table.DEPARTMENT, Kind.DEPARTMENT)
        yield from _moves(before, after, fresh, Table.ENTITY, Kind.ENTITY)
    yield from _joined_groups(before, after)
    if before:
        yield from _left_groups(before, after)
    yield from _accounts(before, after)


def spelled(text: str, **about: object) -> Words:
    """A line to be translated and filled in when it is shown."""
    return partial(_spell, text, about)


def _spell(text: str, about: dict[str, object], say: Say) -> str:
    return _(text) % {
        name: say(value) if isinstance(value, (date, Days, list)) else value for name, value in about.items()
    }


def _hired(record: Record, days: Days, first: bool, say: Say) -> str:
    places = [_held_on(record, table, days.start) for table in (Table.DEPARTMENT, Table.ENTITY)]
    begun = (_("hired %(day)s") if first else _("rehired %(day)s")) % {"day": say(days.start)}
    parts = [f"{record.number} {record.name}", *filter(None, places), begun]
    if days.ends_on:
        parts.append(_("left on %(day)s") % {"day": say(days.ends_on)})
    return f"+ {', '.join(parts)}"


def _corrected(number: str, held: list[Days], days: Days, say: Say) -> str:
    parts = []
    start, end, was_end = say(days.start), say(days.end), say(held[-1].end)
    if len(held) > 1:
        about = {"days": say(days), "held": say(held)}
        parts.append(_("employed %(days)s without a break (was %(held)s)") % about)
    if days.start != held[0].start:
        parts.append(_("hired on %(day)s (was %(old)s)") % {"day": start, "old": say(held[0].start)})
    if days.end != held[-1].end:
        if held[-1].end == FOREVER:
            parts.append(_("left on %(day)s (was employed)") % {"day": end})
        elif days.end == FOREVER:
            parts.append(_("employed (had left on %(old)s)") % {"old": was_end})
        else:
            parts.append(_("left on %(day)s (was %(old)s)") % {"day": end, "old": was_end})
    return f"~ {number} {', '.join(parts)}"


def _moves(before: Record, after: Record, fresh: list[Days], table: Table, kind: Kind) -> Iterator[Line]:
    """Values that begin on a day on which another, or none, was held while employed before."""
    text = gettext_noop("~ %(number)s in %(new)s from %(day)s (was in %(old)s)")
    first_text = gettext_noop("~ %(number)s in %(new)s from %(day)s (was in none)")
    for row in _added(before, after, table):
        day = row.days.start
        was_employed = any(days.hold(day) for days in before.employments())
        old = _held_on(before, table, day)
        if was_employed and old != row.value and not any(days.hold(day) for days in fresh):
            shown = text if old else first_text
            yield kind, spelled(shown, number=after.number, new=row.value, day=day, old=old)


def _joined_groups(before: Record | None, after: Record) -> Iterator[Line]:
    text = gettext_noop("+ %(number)s in group %(group)s from %(day)s")
    held = before.rows[Table.GROUP] if before else ()
    for row in _added(before, after, Table.GROUP):
        if not any(old.value == row.value and old.days.overlap(row.days) for old in held):
            yield Kind.GROUP, spelled(text, number=after.number, group=row.value, day=row.days.start)


def _left_groups(before: Record, after: Record) -> Iterator[Line]:
    """Memberships that end earlier than they did while the employment goes on, or never were."""
    until = gettext_noop("- %(number)s in group %(group)s, left after %(day)s")
    never = gettext_noop("- %(number)s in group %(group)s (was %(old)s)")
    for row in (row for row in before.rows[Table.GROUP] if row not in after.rows[Table.GROUP]):
        held = [new.days for new in after.rows[Table.GROUP] if new.value == row.value]
        left = without([row.days], held)
        if not any(part.overlap(days) for part in left for days in after.employments()):
            continue
        ended = max((days.end for days in held if days.overlap(row.days)), default=None)
        about = {"number": after.number, "group": row.value, "day": ended, "old": row.days}
        yield Kind.GROUP_LEFT, spelled(until if ended else never, **about)


def _accounts(before: Record | None, after: Record) -> Iterator[Line]:
    given = gettext_noop("+ %(account)s of %(number)s, %(days)s")
    changed = gettext_noop("~ %(account)s of %(number)s, %(days)s (was %(old)s)")
    taken = gettext_noop("- %(account)s of %(number)s (was %(old)s)")
    old, new = _periods(before), _periods(after)
    for account in old | new:
        was, is_now = old.get(account, []), new.get(account, [])
        if was != is_now:
            text = changed if was and is_now else given if is_now else taken
            yield Kind.ACCOUNT, spelled(text, account=account, number=after.number, days=is_now, old=was)


def _periods(record: Record | None) -> dict[str, list[Days]]:
    periods = defaultdict[str, list[Days]](list)
    for row in record.rows[Table.ACCOUNT] if record else ():
        periods[row.value].append(row.days)
    return dict(periods)


def _added(before: Record | None, after: Record, table: Table) -> list[Row]:
    held = set(before.rows[table]) if before else set()
    return [row for row in after.rows[table] if row not in held]


def _held_on(record: Record, table: Table, day: date) -> str:
    return next((row.value for row in record.rows[table] if row.days.hold(day)), "")


def traffic_lines(
    changed: Mapping[str, tuple[list[Days], list[Days]]], traffic: Days, company_accounts: set[str]
) -> Iterator[Line]:
    """Warnings about traffic that was never stored and so cannot be derived again.

    traffic: the days for which there can be any. company_accounts: those at a company domain, whose
    messages waited in quarantine while nobody had them.
    """
    lost_text = gettext_noop(
        "! messages between %(account)s and other staff were never stored, so none of %(days)s will count"
        " although it is staff's no longer; withdraw those deliveries and send them again to count them"
    )
    gained_text = gettext_noop(
        "! messages between %(account)s and people outside were never stored, so none of %(days)s will count"
        " although it is staff's now; withdraw those deliveries and send them again to count them"
    )
    for account, (lost, gained) in changed.items():
        for periods, text in ((lost, lost_text), (gained, gained_text)):
            days = [common for period in periods if (common := period.common(traffic))]
            if days and not (text is gained_text and account in company_accounts):
                yield Kind.WARNING, spelled(text, account=account, days=days)


def dropped_lines(changed: Mapping[str, tuple[list[Days], list[Days]]], dropped: Days) -> Iterator[Line]:
    """Warnings about traffic that is no longer kept: what counted on these days goes on counting."""
    text = gettext_noop(
        "! messages of %(account)s are no longer kept for %(days)s, so what they counted for stays as it is"
    )
    for account, (lost, gained) in changed.items():
        days = sorted(common for period in (*lost, *gained) if (common := period.common(dropped)))
        if days:
            yield Kind.WARNING, spelled(text, account=account, days=days)


def unheard_lines(stated: Stated, after: Record, effective: date) -> Iterator[Line]:
    """Warnings about departments and entities stated for an employment that ended before they hold."""
    text = gettext_noop(
        "! %(number)s left on %(left_on)s, before %(effective)s, and so was not moved to %(value)s"
    )
    for employment in stated.employments:
        days = employment.days
        for table, value in ((Table.DEPARTMENT, employment.department), (Table.ENTITY, employment.entity)):
            if value and days.end < effective and _held_on(after, table, days.end) != value:
                about = {"number": stated.number, "left_on": days.end, "effective": effective}
                yield Kind.WARNING, spelled(text, value=value, **about)
