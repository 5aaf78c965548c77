"""Who is ahead, for HR's eyes and as everybody sees it."""

from typing import NamedTuple

from django.db.models import Count, F, OuterRef, Subquery

from apps.campaigns.divisions import UNDIVIDED, keys_by_number, name_of
from apps.campaigns.models import Campaign, OptOut
from apps.directory.models import DepartmentMembership
from apps.ranking.models import Board, Run, Standing

PLACES = 10


class Place(NamedTuple):
    """division: its name; empty in a campaign without divisions. public_rank: where everybody sees them."""

    rank: int
    name: str
    number: str
    department: str | None
    active_contacts: int
    division: str = UNDIVIDED
    public_rank: int | None = None

    @property
    def differs(self) -> bool:
        return self.rank != self.public_rank


class Figures(NamedTuple):
    """participants: who take part; with_contacts: have one or more; left: who left the contest."""

    participants: int
    with_contacts: int
    active_contacts: int
    left: int

    @property
    def percent(self) -> int:
        """Of the participants, how many have an active contact."""
        return round(100 * self.with_contacts / self.participants) if self.participants else 0


def figures(campaign: Campaign, run: Run, with_contacts: int) -> Figures:
    left = OptOut.objects.filter(campaign=campaign).aggregate(n=Count("*"))["n"]
    return Figures(run.participants, with_contacts, run.active_contacts, left)


def first_places(campaign: Campaign, run: Run) -> list[Place]:
    """The first PLACES rows of a campaign's ranking, of each division."""
    day = run.last_date
    members = DepartmentMembership.objects.filter(employee_id=OuterRef("employee_id"), starts_on__lte=day)
    of_day = members.exclude(ends_on__lt=day).values("department__name")[:1]
    ranked = Standing.objects.filter(run=run).annotate(
        name=F("employee__name"), number=F("employee__number"), department=Subquery(of_day)
    )
    shown = ("rank", "name", "number", "department", "active_contacts")
    places = []
    for number, key in keys_by_number(campaign).items():
        rows = ranked.filter(division=number) if key else ranked
        best = rows.order_by("rank", "employee_id").values_list(*shown)[:PLACES]
        places += [Place(*row)._replace(division=name_of(campaign, key)) for row in best]
    return places


def boards(board: Board) -> tuple[list[Place], list[Place] | None]:
    """(live places, public ones); None when both are the same ranking."""
    campaign = board.campaign
    live = first_places(campaign, board.live_run) if board.live_run else []
    if not board.public_run or board.public_run_id == board.live_run_id:
        return live, None
    shown = Standing.objects.filter(
        run=board.public_run, employee__number__in=[place.number for place in live]
    )
    ranks = dict(shown.values_list("employee__number", "rank"))
    marked = [place._replace(public_rank=ranks.get(place.number)) for place in live]
    return marked, first_places(campaign, board.public_run)
