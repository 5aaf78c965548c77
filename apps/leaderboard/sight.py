"""What a user may see: one place that pages and API both ask."""

from dataclasses import dataclass, replace
from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from apps.campaigns.divisions import NO_DIVISION, UNDIVIDED, keys_by_number, numbers_by_key
from apps.campaigns.models import Campaign
from apps.directory.models import Employee, User
from apps.directory.roles import held_roles, sees_everything
from apps.ranking.models import Board, Run
from apps.ranking.services import division_of

State = Campaign.State
PUBLIC, LIVE = "public", "live"


@dataclass(frozen=True)
class View:
    """A campaign as one user sees it: which run, and whether every rank of it.

    division: the number of the one that is shown; own_division: the reader's, None for who takes no part.
    """

    campaign: Campaign
    board: Board | None
    audience: str  # PUBLIC or LIVE
    may_choose: bool  # HR and auditor may switch between both
    run: Run | None
    division: int = NO_DIVISION
    own_division: int | None = NO_DIVISION

    @property
    def division_key(self) -> str:
        """Empty in a campaign without divisions."""
        return keys_by_number(self.campaign).get(self.division, UNDIVIDED)

    def of_own_division(self) -> Self:
        """As the reader competes in it; who takes no part sees what is shown."""
        return self if self.own_division is None else replace(self, division=self.own_division)

    @property
    def is_frozen(self) -> bool:
        """Whether the public board stands still while the contest goes on."""
        return bool(self.board and self.board.frozen and self.campaign.state == State.RUNNING)

    @property
    def is_live(self) -> bool:
        return self.audience == LIVE


def may_see(user: User | AnonymousUser, campaign: Campaign) -> bool:
    """Signed-in people see what was announced; the rest and rehearsals are HR's and the auditor's."""
    if not user.is_authenticated:
        return False
    return (campaign.is_announced and not campaign.is_rehearsal) or sees_everything(user)


def visible_campaigns(user: User) -> QuerySet[Campaign]:
    """What the user may see: running first, then what is being settled, what comes, what is over."""
    order = [State.RUNNING, State.SETTLING, State.PROVISIONAL, State.SCHEDULED, State.DRAFT]
    campaigns = (
        Campaign.objects.select_related("board")
        .annotate(
            turn=Case(
                *(When(state=state, then=Value(turn)) for turn, state in enumerate(order)),
                default=Value(len(order)),
                output_field=IntegerField(),
            )
        )
        .order_by("turn", "is_rehearsal", "-deadline", "slug")
    )
    if sees_everything(user):
        return campaigns
    return campaigns.announced().exclude(is_rehearsal=True)


def view_of(request: HttpRequest, slug: str) -> View:
    """The campaign as the request's user sees it; ?division=KEY shows another one than their own.

    Raises Http404 when there is none to see.
    """
    user, campaign = signed_in(request), _with_board(slug)
    if campaign is None or not may_see(user, campaign):
        raise Http404(_("There is no such campaign."))
    board = getattr(campaign, "board", None)
    may_choose = sees_everything(user)
    asked = request.GET.get("view", LIVE if campaign.is_rehearsal else PUBLIC)
    audience = LIVE if may_choose and asked == LIVE else PUBLIC
    run = None
    if board is not None:
        run = board.live_run if audience == LIVE else board.public_run
    return for_reader(request, View(campaign, board, audience, may_choose, run))


def for_reader(request: HttpRequest, view: View) -> View:
    """In the reader's own division, or the one that the address asks for. Raises Http404."""
    employee, run = signed_in(request).employee_id, view.run
    own = division_of(view.campaign, run, employee) if run and employee else None
    return in_division(view, asked=request.GET.get("division"), own=own)


def in_division(view: View, *, asked: str | None, own: int | None) -> View:
    """asked: the key in the address; without one it is one's own, or the first. Raises Http404."""
    numbers = numbers_by_key(view.campaign)
    if asked and asked not in numbers:
        raise Http404(_("There is no such division."))
    if not view.campaign.divisions:
        return view
    shown = numbers[asked] if asked else own
    return replace(view, division=shown or min(numbers.values()), own_division=own)


def as_employees_see_it(slug: str) -> View | None:
    """The campaign as somebody without a role sees it; None when there is none to see."""
    campaign = _with_board(slug)
    if campaign is None or not campaign.is_announced or campaign.is_rehearsal:
        return None
    board = getattr(campaign, "board", None)
    return View(campaign, board, PUBLIC, may_choose=False, run=board.public_run if board else None)


def _with_board(slug: str) -> Campaign | None:
    return (
        Campaign.objects.select_related("board__public_run", "board__live_run")
        .prefetch_related("prizes")
        .filter(slug=slug)
        .first()
    )


def signed_in(request: HttpRequest) -> User:
    """The request's user where the door has checked that there is one."""
    assert isinstance(request.user, User)
    return request.user


def roles_of(request: HttpRequest) -> tuple[str | bool, ...]:
    """What the frame of the request's page depends on; read already by whoever asked what the user may see."""
    user = signed_in(request)
    return (user.is_superuser, *sorted(held_roles(user)))


def employee_of(request: HttpRequest) -> Employee | None:
    return signed_in(request).employee
