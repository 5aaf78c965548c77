"""Another rule on the same history: counted whole, through one snapshot, with progress, and stopped at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from threading import Event
from typing import Any

from django.db import connection

from apps.campaigns.divisions import keys_by_number
from apps.campaigns.models import Campaign
from apps.campaigns.rule import Rule
from apps.ranking import facts
from apps.ranking.counting import Relations, count, live_relations, one_snapshot
from apps.ranking.instant import Instant
from apps.ranking.models import Run
from apps.ranking.ranges import Range, cut, estimated_ties
from bonus_tracker.beside import beside

TIES_A_STEP = 4_000_000  # each step reads the pages of all ties again: fewer make a ranking no slower
MOST_STEPS = 8
LOOK_SECONDS = 0.1  # between two looks whether to stop
BINS = (1, 2, 3, 6, 11, 21, 51, 101, 201, 501)  # lowest score of each; nobody's is 0
TOP = 10


# (campaign, rule, instant, relations) -> JSON, read from the temporary table `counted` in the same snapshot
Further = Callable[[Campaign, Rule, Instant, Relations], Any]
ALSO_COUNTED: dict[str, Further] = {}  # what apps to the right want to know of every question, by name


class Cancelled(Exception):
    """It was to be stopped, and has."""


@dataclass(frozen=True)
class Figures:
    """What a rule amounts to.

    participants: with or without an active contact; counted: those with one; histogram: (lowest score of the
    bin, employees), 0 and then BINS; top: (rank, number, active contacts) of the first TOP rows, best first; with
    divisions of each of them, its key at the end of a row. further: what else was asked for, by its name.
    """

    participants: int
    counted: int
    active_contacts: int
    histogram: list[tuple[int, int]]
    top: list[tuple[Any, ...]]
    further: dict[str, Any] = field(default_factory=dict)


def what_if(
    campaign: Campaign,
    rule: Rule,
    *,
    as_of: datetime,
    starts_at: datetime | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
    also: Mapping[str, Further] | None = None,
) -> Figures:
    """The figures of a campaign as of any instant under another rule than its own. Writes nothing.

    starts_at: as if the campaign began then, not when it says. progress: is told how many of all steps are done,
    from 0 on, in the caller's thread. cancelled: is asked ten times a second, in which the statement that runs is
    stopped. also: counted further, such as ALSO_COUNTED. Raises Cancelled, Unanswerable.
    """
    ranges = cut(max(1, min(estimated_ties() // TIES_A_STEP, MOST_STEPS)))
    done = [0]

    def work(stop: Event) -> Figures:
        def after_range(number: int) -> None:
            done.append(number)
            if stop.is_set():
                raise Cancelled

        instant = Instant.of(campaign, rule, as_of, starts_at=starts_at)
        return _count(campaign, rule, instant, ranges, after_range, also=also or {})

    total, told = len(ranges), 0
    with beside(work) as begun:
        progress(told, total)
        while not begun.has_ended(within=LOOK_SECONDS):
            if cancelled():
                begun.cancel()
                raise Cancelled
            if (latest := max(done)) > told:
                progress(told := latest, total)
        figures = begun.answer()
    if told < total:
        progress(total, total)
    return figures


def _count(
    campaign: Campaign,
    rule: Rule,
    instant: Instant,
    ranges: Sequence[Range],
    after_range: Callable[[int], None],
    *,
    also: Mapping[str, Further],
) -> Figures:
    with (
        one_snapshot(),
        live_relations(campaign, rule, instant) as relations,
        connection.cursor() as cursor,
    ):
        count(campaign, rule, instant, relations, ranges=ranges, after_range=after_range)
        cursor.execute(
            f"SELECT count(*) FROM {relations.participants} AS participant",
            facts.parameters(campaign, rule, instant),
        )
        figures = _figures(campaign, "SELECT * FROM counted", cursor.fetchone()[0])
        further = {name: asked(campaign, rule, instant, relations) for name, asked in also.items()}
        cursor.execute("DROP TABLE counted")
    return replace(figures, further=further)


def as_json(figures: Figures) -> dict[str, Any]:
    """As it is stored and sent: tuples become lists. What is counted further is stored by itself."""
    pairs = [list(pair) for pair in figures.histogram]
    said = asdict(figures) | {"histogram": pairs, "top": [list(row) for row in figures.top]}
    del said["further"]
    return said


def figures_of(run: Run) -> Figures:
    """Of a ranking that is stored, to compare with."""
    rows = f"SELECT * FROM ranking_standing WHERE run_id = {run.pk:d}"
    return _figures(run.campaign, rows, run.participants)


def _figures(campaign: Campaign, rows: str, participants: int) -> Figures:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT width_bucket(active_contacts, %s), count(*), sum(active_contacts)::bigint FROM ({rows}) AS row "
            "GROUP BY 1",
            [list(BINS)],
        )
        bins = {BINS[bucket - 1]: (employees, contacts) for bucket, employees, contacts in cursor.fetchall()}
        top: list[tuple[Any, ...]] = []
        for division, key in keys_by_number(campaign).items():
            cursor.execute(
                f"SELECT rank, number, active_contacts FROM ({rows}) AS row "
                "JOIN directory_employee AS employee ON employee.id = employee_id "
                "WHERE division = %s ORDER BY rank, number LIMIT %s",
                [division, TOP],
            )
            top += [(*row, key) if key else row for row in cursor.fetchall()]
    counted = sum(employees for employees, _contacts in bins.values())
    return Figures(
        participants=participants,
        counted=counted,
        active_contacts=sum(contacts for _employees, contacts in bins.values()),
        histogram=[(0, participants - counted), *((low, bins.get(low, (0, 0))[0]) for low in BINS)],
        top=top,
    )
