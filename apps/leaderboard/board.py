"""Reads places out of a run: pages of it, one's own and its neighbours, and what is next.

Every read goes by index: pages by key (rank, so many of it), counting off only rows that share a rank.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.http import QueryDict

from apps.campaigns.aliases import spoken
from apps.campaigns.divisions import NO_DIVISION
from apps.campaigns.models import Appearance
from apps.directory.models import Department, DepartmentMembership
from apps.leaderboard import sql
from apps.leaderboard.places import Key, Place, as_employees_see, best_days_first
from apps.ranking.models import Run, Standing

Mode = Appearance.Mode
PAGE_SIZE = 100  # rows
NEIGHBOURS = 2  # on each side


@dataclass(frozen=True)
class Search:
    name: str = ""
    department: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> Self:
        clean = {key: query.get(key, "").replace("\0", "").strip()[:200] for key in ("q", "department")}
        return cls(clean["q"], clean["department"])

    def __bool__(self) -> bool:
        return bool(self.name or self.department)


@dataclass(frozen=True)
class Position:
    """Which page: the one below a key, the one above it, or the first."""

    after: Key | None = None
    before: Key | None = None

    @classmethod
    def of(cls, query: QueryDict) -> Self:
        return cls(Key.parse(query.get("after", "")), Key.parse(query.get("before", "")))

    @property
    def is_first(self) -> bool:
        return not (self.after or self.before)


@dataclass(frozen=True)
class Page:
    places: list[Place]
    earlier: Key | None  # begin of the page: link to the one above
    later: Key | None  # end of the page: link to the one below


@dataclass(frozen=True)
class Target:
    """What it takes to reach a place: `more` contacts on top of today's score."""

    place: int
    more: int


@dataclass(frozen=True)
class Own:
    """One's own row with the rows around it, best first, and the places next in reach."""

    place: Place | None
    around: list[Place]
    next_place: Target | None
    next_prize: Target | None

    @property
    def above(self) -> Place | None:
        return self._beside(-1)

    @property
    def below(self) -> Place | None:
        return self._beside(1)

    def _beside(self, step: int) -> Place | None:
        at = {place.employee_id: n for n, place in enumerate(self.around)}
        beside = at[self.place.employee_id] + step if self.place else -1
        return self.around[beside] if 0 <= beside < len(self.around) else None


def previous_run(run: Run) -> Run | None:
    """The run kept of the last day before this run's."""
    return (
        Run.objects.filter(campaign_id=run.campaign_id, keep=True, last_date__lt=run.last_date)
        .order_by("-last_date", "-as_of", "-id")
        .first()
    )


def page(
    run: Run,
    previous: Run | None,
    *,
    division: int = NO_DIVISION,
    up_to_rank: int | None,
    search: Search,
    at: Position,
) -> Page:
    """A page of a division's places down to `up_to_rank` that the search finds, as whole rows.

    up_to_rank: None for whoever sees everything; else colleagues look, so that the hidden are left out, and a
    search knows others by the name they are shown under.
    """
    within = _within(run, division, up_to_rank)
    found = _searched(within, run, search, by_colleagues=up_to_rank is not None)
    if at.before:
        return _page_above(found, at.before, run, previous)
    return _page_below(found, at.after, run, previous)


def leaves_somebody_out(run: Run, division: int, up_to_rank: int | None, search: Search) -> bool:
    """Whether a search shows less than the whole board."""
    if not search:
        return False
    everybody = _within(run, division, up_to_rank)
    found = _searched(everybody, run, search, by_colleagues=up_to_rank is not None)
    return found.count() < everybody.count()


def own(
    run: Run,
    previous: Run | None,
    employee_id: int,
    *,
    division: int = NO_DIVISION,
    public_places: int,
    prize_places: Collection[int],
    told_apart: Collection[int],
) -> Own:
    """One's own row whole, and the neighbours as employees see them; division: one's own, with its prizes.

    told_apart: see apps.leaderboard.places.decided_among_equals.
    """
    found = sql.around(run, previous, employee_id, division=division, neighbours=NEIGHBOURS)
    near = best_days_first(found, told_apart)
    mine = next((place for place in near if place.employee_id == employee_id), None)
    rank, score = (mine.rank, mine.score) if mine else (None, 0)
    prize_place = max((place for place in prize_places if rank is None or place < rank), default=None)
    next_place, next_prize = sql.to_reach(run, division=division, rank=rank, prize_place=prize_place)
    around = [
        place
        if place is mine
        else as_employees_see(place, public_places=public_places, told_apart=told_apart)
        for place in near
    ]
    return Own(
        mine,
        around,
        Target(next_place.rank, next_place.score - score) if next_place else None,
        # Whoever equals the score of the last rank within the prize places has that rank too.
        Target(prize_place, next_prize.score - score) if prize_place and next_prize else None,
    )


def departments(run: Run, division: int, up_to_rank: int | None) -> list[str]:
    """Paths of the departments that have somebody on the board; for colleagues: somebody under their own name."""
    shown = _within(run, division, up_to_rank)
    if up_to_rank is not None:
        shown = shown.exclude(employee_id__in=_appearing(run, Mode.GENERATED).values("employee_id"))
    members = DepartmentMembership.objects.filter(_on_day(run), employee__in=shown.values("employee_id"))
    return list(
        Department.objects.filter(pk__in=members.values("department_id"))
        .order_by("path")
        .values_list("path", flat=True)
    )


def _within(run: Run, division: int, up_to_rank: int | None) -> QuerySet[Standing]:
    standings = Standing.objects.filter(run=run).order_by("rank", "employee_id")
    if division != NO_DIVISION:
        standings = standings.filter(division=division)
    if up_to_rank is None:
        return standings
    hidden = _appearing(run, Mode.HIDDEN).values("employee_id")
    return standings.filter(rank__lte=up_to_rank).exclude(employee_id__in=hidden)


def _appearing(run: Run, mode: Appearance.Mode) -> QuerySet[Appearance]:
    return Appearance.objects.filter(campaign_id=run.campaign_id, mode=mode)


def _searched(
    standings: QuerySet[Standing], run: Run, search: Search, *, by_colleagues: bool
) -> QuerySet[Standing]:
    generated = _appearing(run, Mode.GENERATED) if by_colleagues and search else Appearance.objects.none()
    if search.name:
        asked = Q(employee__name__icontains=search.name) | Q(employee__number__iexact=search.name)
        wanted = search.name.casefold()
        names = generated.values_list("employee_id", "alias")
        by_alias = [one for one, alias in names if wanted in spoken(alias).casefold()]
        own = ~Q(employee_id__in=generated.values("employee_id")) if by_colleagues else Q()
        standings = standings.filter(asked & own | Q(employee_id__in=by_alias))
    if search.department:
        below = Q(department__path=search.department) | Q(
            department__path__startswith=f"{search.department} / "
        )
        members = DepartmentMembership.objects.filter(_on_day(run), below)
        standings = standings.filter(employee_id__in=members.values("employee_id"))
        standings = standings.exclude(employee_id__in=generated.values("employee_id"))
    return standings


def _page_below(found: QuerySet[Standing], begin: Key | None, run: Run, previous: Run | None) -> Page:
    """The rows right below the key: of its own rank, then of worse ones; without a key the first."""
    wanted, places = PAGE_SIZE + 1, []
    if begin:
        of_rank = found.filter(rank=begin.rank)[begin.passed : begin.passed + wanted]
        places, found = _places(of_rank, run, previous), found.filter(rank__gt=begin.rank)
    if len(places) < wanted:
        places += _places(found[: wanted - len(places)], run, previous)
    more, places = len(places) > PAGE_SIZE, places[:PAGE_SIZE]
    return Page(places, begin if places else None, _end(places, begin) if more else None)


def _page_above(found: QuerySet[Standing], end: Key, run: Run, previous: Run | None) -> Page:
    """The rows right above the key: of its own rank, then of better ones."""
    from_top = max(0, end.passed - PAGE_SIZE)
    places = _places(found.filter(rank=end.rank)[from_top : end.passed], run, previous)
    if len(places) < PAGE_SIZE:
        better = found.filter(rank__lt=end.rank).order_by("-rank", "-employee_id")
        places = _places(better[: PAGE_SIZE - len(places)], run, previous)[::-1] + places
    if not places:
        return Page([], None, None)
    rank = places[0].rank
    above = found.filter(rank=rank).count() - sum(place.rank == rank for place in places)
    begin = Key(rank, from_top if rank == end.rank else above)
    has_more = begin.passed > 0 or found.filter(rank__lt=begin.rank).exists()
    return Page(places, begin if has_more else None, end)


def _end(places: list[Place], begin: Key | None) -> Key:
    """The key below these rows, which begin at `begin`."""
    rank = places[-1].rank
    here = sum(place.rank == rank for place in places)
    return Key(rank, here + (begin.passed if begin and rank == begin.rank else 0))


def _places(standings: QuerySet[Standing], run: Run, previous: Run | None) -> list[Place]:
    member = DepartmentMembership.objects.filter(_on_day(run), employee_id=OuterRef("employee_id"))
    before = Standing.objects.filter(
        run=previous, employee_id=OuterRef("employee_id"), division=OuterRef("division")
    )
    equal = Standing.objects.filter(run=run, rank=OuterRef("rank"), division=OuterRef("division")).exclude(
        employee_id=OuterRef("employee_id")
    )
    shown = Appearance.objects.filter(campaign=run.campaign_id, employee_id=OuterRef("employee_id"))
    rows = standings.annotate(
        number=F("employee__number"),
        name=F("employee__name"),
        department=Subquery(member.values("department__name")[:1]),
        previous_rank=Subquery(before.values("rank")[:1]),
        is_shared=Exists(equal),
        mode=Subquery(shown.values("mode")[:1]),
        alias=Subquery(shown.values("alias")[:1]),
    ).values_list(
        "rank",
        "employee_id",
        "active_contacts",
        "conversation_days",
        "number",
        "name",
        "department",
        "previous_rank",
        "is_shared",
        "mode",
        "alias",
    )
    return [Place(*row) for row in rows]


def _on_day(run: Run) -> Q:
    return Q(starts_on__lte=run.last_date) & (Q(ends_on=None) | Q(ends_on__gte=run.last_date))
