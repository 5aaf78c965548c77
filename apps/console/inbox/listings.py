"""The lists of each kind of thing that waits at the end of a campaign."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.awards.approvals import APPROVALS_NEEDED
from apps.campaigns.models import Campaign, LaterDeadline
from apps.console import cells
from apps.console.inbox.campaigns import with_approvals
from apps.console.inbox.ending import about
from apps.console.inbox.viewer import Viewer
from apps.console.lists import Listing
from apps.integrity.models import Case, Check, Decision, Objection
from apps.integrity.progress import Progress, open_checks, progress
from bonus_tracker.formats import instant, limit

NOTHING_YET = gettext_lazy("There is none yet.")
IS_UNDONE = Exists(Decision.objects.filter(undoes=OuterRef("pk"), confirmed_at__isnull=False))


class ObjectionList(Listing):
    title = gettext_lazy("Objections")
    headers = (
        gettext_lazy("Objection"),
        gettext_lazy("State"),
        gettext_lazy("Campaign"),
        gettext_lazy("Made at"),
    )
    nothing = {
        "open": gettext_lazy(
            "No objection is open. Employees object on their own page, once a result is provisional."
        ),
        "mine": gettext_lazy("You have answered none."),
        "all": NOTHING_YET,
    }

    def all(self) -> QuerySet[Objection]:
        return Objection.objects.select_related("campaign", "employee", "place_of")

    def narrowed(self, things: QuerySet[Objection], show: str, viewer: Viewer) -> QuerySet[Objection]:
        if show == "mine":
            return things.filter(answered_by=viewer.user)
        return things.filter(state=Objection.State.OPEN)

    def rows(self, things: Sequence[Objection], viewer: Viewer) -> list[list[Any]]:  # noqa: ARG002
        return [
            [
                cells.link(
                    reverse("console:objection", args=[each.pk]),
                    _("Objection %(number)d: %(about)s") % {"number": each.number, "about": about(each)},
                ),
                cells.state(each.get_state_display(), OBJECTION_TONES[each.state]),
                str(each.campaign),
                instant(each.made_at),
            ]
            for each in things
        ]


OBJECTION_TONES: dict[str, str] = {
    Objection.State.OPEN: cells.WAITS,
    Objection.State.UPHELD: cells.GOOD,
    Objection.State.REFUSED: cells.BAD,
    Objection.State.WITHDRAWN: cells.QUIET,
}


def decision_state(decision: Any) -> tuple[Any, str]:
    """Words and tone; is_undone is annotated or asked for."""
    if decision.is_open:
        return _("waits for the second person"), cells.WAITS
    if decision.rejected_at:
        return _("rejected"), cells.BAD
    return (_("undone"), cells.QUIET) if decision.is_undone else (_("stands"), cells.GOOD)


class DecisionList(Listing):
    title = gettext_lazy("Decisions")
    headers = (
        gettext_lazy("Decision"),
        gettext_lazy("Whom it concerns"),
        gettext_lazy("State"),
        gettext_lazy("Campaign"),
        gettext_lazy("Proposed by"),
    )
    nothing = {
        "open": gettext_lazy(
            "No decision waits for a second person. One is proposed at an employee's page while a result is "
            "provisional."
        ),
        "mine": gettext_lazy("You have proposed, confirmed or rejected none."),
        "all": NOTHING_YET,
    }

    def all(self) -> QuerySet[Any]:
        found = Decision.objects.select_related("campaign", "employee", "source", "proposed_by")
        return found.annotate(is_undone=IS_UNDONE)

    def narrowed(self, things: QuerySet[Any], show: str, viewer: Viewer) -> QuerySet[Any]:
        if show == "mine":
            user = viewer.user
            return things.filter(Q(proposed_by=user) | Q(confirmed_by=user) | Q(rejected_by=user))
        return things.filter(confirmed_at=None, rejected_at=None)

    def rows(self, things: Sequence[Any], viewer: Viewer) -> list[list[Any]]:  # noqa: ARG002
        return [
            [
                cells.link(reverse("console:decision", args=[each.pk]), str(each)),
                str(each.employee or each.source or _("the whole campaign")),
                cells.state(*decision_state(each)),
                str(each.campaign),
                f"{each.proposed_by}, {instant(each.proposed_at)}",
            ]
            for each in things
        ]


class CaseList(Listing):
    title = gettext_lazy("Cases")
    headers = (
        gettext_lazy("Case"),
        gettext_lazy("State"),
        gettext_lazy("Campaign"),
        gettext_lazy("Opened by"),
    )
    nothing = {
        "open": gettext_lazy("No case is open. Begin one at an employee's page."),
        "mine": gettext_lazy("You have opened or closed none."),
        "all": NOTHING_YET,
    }

    def all(self) -> QuerySet[Case]:
        return Case.objects.select_related("campaign", "employee")

    def narrowed(self, things: QuerySet[Case], show: str, viewer: Viewer) -> QuerySet[Case]:
        if show == "mine":
            return things.filter(Q(opened_by=viewer.username) | Q(closed_by=viewer.user))
        return things.filter(closed_at=None)

    def rows(self, things: Sequence[Case], viewer: Viewer) -> list[list[Any]]:  # noqa: ARG002
        return [
            [
                cells.link(reverse("console:case", args=[each.pk]), str(each)),
                cells.state(_("closed"), cells.QUIET)
                if each.closed_at
                else cells.state(_("open"), cells.WAITS),
                str(each.campaign),
                f"{each.opened_by}, {instant(each.opened_at)}",
            ]
            for each in things
        ]


class CheckList(Listing):
    title = gettext_lazy("Winners' checks")
    headers = (
        gettext_lazy("Winner"),
        gettext_lazy("Named by the winner"),
        gettext_lazy("Confirmed by two"),
        gettext_lazy("Fakes"),
        gettext_lazy("Campaign"),
    )
    campaign = "result__campaign__slug"
    nothing = {
        "open": gettext_lazy(
            "No winner's contacts wait to be confirmed. They are drawn when a result is provisional."
        ),
        "mine": gettext_lazy("You have reviewed none."),
        "all": NOTHING_YET,
    }

    def all(self) -> QuerySet[Check]:
        return Check.objects.select_related("result__campaign", "employee")

    def narrowed(self, things: QuerySet[Check], show: str, viewer: Viewer) -> QuerySet[Check]:
        if show == "mine":
            return things.filter(items__ticks__reviewer=viewer.user).distinct()
        return things.filter(pk__in=open_checks().order_by().values("pk"))

    def rows(self, things: Sequence[Check], viewer: Viewer) -> list[list[Any]]:
        found = progress([each.pk for each in things], reviewer=viewer.user.pk)
        return [self._row(each, found.get(each.pk, Progress())) for each in things]

    def _row(self, check: Check, far: Progress) -> list[Any]:
        def of_all(done: int) -> Any:
            return cells.bar(done, far.size, _("%(done)d of %(all)d") % {"done": done, "all": far.size})

        version = _("version %d") % check.result.version
        return [
            cells.link(reverse("console:check", args=[check.pk]), str(check.employee)),
            of_all(far.named),
            of_all(far.confirmed),
            cells.state(far.fakes, cells.BAD) if far.fakes else _("none"),
            f"{check.result.campaign}, {version}",
        ]


class DeadlineList(Listing):
    title = gettext_lazy("Later deadlines")
    headers = (
        gettext_lazy("Campaign"),
        gettext_lazy("From"),
        gettext_lazy("To"),
        gettext_lazy("Reason"),
        gettext_lazy("State"),
        gettext_lazy("Proposed by"),
    )
    nothing = {
        "open": gettext_lazy("No later deadline is proposed. It is proposed at a running campaign."),
        "mine": gettext_lazy("You have proposed, confirmed or rejected none."),
        "all": NOTHING_YET,
    }

    def all(self) -> QuerySet[LaterDeadline]:
        return LaterDeadline.objects.select_related("campaign", "proposed_by")

    def narrowed(self, things: QuerySet[LaterDeadline], show: str, viewer: Viewer) -> QuerySet[LaterDeadline]:
        if show == "mine":
            user = viewer.user
            return things.filter(Q(proposed_by=user) | Q(confirmed_by=user) | Q(rejected_by=user))
        return things.filter(confirmed_at=None, rejected_at=None)

    def rows(self, things: Sequence[LaterDeadline], viewer: Viewer) -> list[list[Any]]:  # noqa: ARG002
        return [
            [
                cells.link(reverse("console:campaign", args=[each.campaign.slug]), str(each.campaign)),
                limit(each.deadline_before),
                limit(each.deadline),
                each.reason,
                cells.state(*_deadline_state(each)),
                f"{each.proposed_by}, {instant(each.proposed_at)}",
            ]
            for each in things
        ]


def _deadline_state(proposal: LaterDeadline) -> tuple[Any, str]:
    if proposal.confirmed_at:
        return _("confirmed"), cells.GOOD
    if proposal.rejected_at:
        return _("rejected"), cells.BAD
    return _("waits for the second person"), cells.WAITS


class ApprovalList(Listing):
    title = gettext_lazy("Approvals")
    headers = (
        gettext_lazy("Campaign"),
        gettext_lazy("State"),
        gettext_lazy("Approvals of the newest version"),
        gettext_lazy("Objections until"),
        gettext_lazy("What is missing"),
    )
    campaign = "slug"
    nothing = {
        "open": gettext_lazy(
            "No result waits for approval. One does when a campaign's deadline and its hours of grace have passed."
        ),
        "mine": gettext_lazy("You have approved none."),
        "all": gettext_lazy("No campaign has a result yet."),
    }

    def all(self) -> QuerySet[Any]:
        ended = Campaign.objects.filter(results__isnull=False, is_rehearsal=False).distinct()
        return with_approvals(ended)

    def narrowed(self, things: QuerySet[Any], show: str, viewer: Viewer) -> QuerySet[Any]:
        if show == "mine":
            return things.filter(results__approvals__approver=viewer.user)
        return things.filter(state=Campaign.State.PROVISIONAL)

    def rows(self, things: Sequence[Any], viewer: Viewer) -> list[list[Any]]:  # noqa: ARG002
        return [
            [
                cells.link(reverse("console:campaign", args=[each.slug]), str(each)),
                cells.state(each.get_state_display(), f"state-{each.state}"),
                cells.bar(
                    each.approvals,
                    APPROVALS_NEEDED,
                    _("%(done)d of %(all)d") % {"done": each.approvals, "all": APPROVALS_NEEDED},
                ),
                instant(each.objections_end_at),
                cells.link(
                    reverse("console:campaign", args=[each.slug]) + "#checklist",
                    _("Look at the list"),
                ),
            ]
            for each in things
        ]
