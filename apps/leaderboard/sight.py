"""What a user may see: one place that pages and API both ask."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from apps.campaigns.models import Campaign
from apps.directory.models import Employee, User
from apps.directory.roles import sees_everything
from apps.ranking.models import Board, Run

State = Campaign.State
PUBLIC, LIVE = "public", "live"


@dataclass(frozen=True)
class View:
    """A campaign as one user sees it: which run, and whether every rank of it."""

    campaign: Campaign
    board: Board | None
    audience: str  # PUBLIC or LIVE
    may_choose: bool  # HR and auditor may switch between both
    run: Run | None

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
    """The campaign as the request's user sees it. Raises Http404 when there is none to see."""
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
    return View(campaign, board, audience, may_choose, run)


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


def employee_of(request: HttpRequest) -> Employee | None:
    return signed_in(request).employee
