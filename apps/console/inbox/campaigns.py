"""What waits about a campaign itself: its result to approve, its deadline to move, its gaps to accept."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.awards.approvals import APPROVALS_NEEDED
from apps.awards.models import Approval
from apps.campaigns.models import Campaign, LaterDeadline
from apps.console.inbox.ending import YOU_PROPOSED, YOU_STAND
from apps.console.inbox.kinds import Line, OneByOne, end_of_waiting
from apps.console.inbox.viewer import Viewer
from apps.integrity.models import Decision
from apps.ranking.models import FixedSource, Result
from bonus_tracker.formats import instant, limit


class Approvals(OneByOne):
    """A result whose days for objections are over."""

    name, title = "approvals", gettext_lazy("Approvals")
    permission, act = "awards.view_approval", "awards.add_approval"

    def page(self) -> str:
        return reverse("console:approvals")

    def waiting(self, now: datetime) -> QuerySet[Any]:
        return with_approvals(Campaign.objects.due_to_become_final(now)).order_by("deadline", "pk")

    def for_viewer(self, things: QuerySet[Any], viewer: Viewer) -> QuerySet[Any]:
        barred = viewer.stands_in | viewer.too_late_for
        return things.exclude(pk__in=barred).exclude(
            Exists(Approval.objects.filter(result=OuterRef("newest"), approver=viewer.user))
        )

    def line(self, thing: Any, viewer: Viewer) -> Line:
        return Line(
            _("Approve the result of %s") % thing,
            _("%(done)d of %(needed)d approvals are there")
            % {"done": thing.approvals, "needed": APPROVALS_NEEDED},
            reverse("admin:campaigns_campaign_approve", args=[thing.pk]),
            thing.objections_end_at,
            None,
            self.why_not(thing, viewer),
        )

    def why_not(self, campaign: Any, viewer: Viewer) -> Any:
        if campaign.pk in viewer.stands_in:
            return YOU_STAND
        if campaign.pk in viewer.too_late_for:
            return _("You became an approver since the deadline, so somebody else must approve.")
        return _("You have approved it already; somebody else must approve too.")


def with_approvals(campaigns: QuerySet[Any]) -> QuerySet[Any]:
    """With the newest version (`newest`, its id) and how many have approved that (`approvals`)."""
    newest = Result.objects.filter(campaign=OuterRef("pk")).order_by("-version").values("pk")[:1]
    counted = Approval.objects.filter(result=OuterRef("newest")).order_by().values("result")
    return campaigns.annotate(newest=Subquery(newest)).annotate(
        approvals=Coalesce(Subquery(counted.annotate(n=Count("pk")).values("n")), 0)
    )


class Deadlines(OneByOne):
    name, title = "deadlines", gettext_lazy("Later deadlines")
    permission, act = "campaigns.view_campaign", "campaigns.change_campaign"

    def page(self) -> str:
        return reverse("console:deadlines")

    def waiting(self, now: datetime) -> QuerySet[LaterDeadline]:
        open_ones = LaterDeadline.objects.filter(
            confirmed_at=None, rejected_at=None, campaign__state="running"
        )
        return (
            open_ones.filter(campaign__deadline__gt=now)
            .select_related("campaign", "proposed_by")
            .order_by("proposed_at", "pk")
        )

    def for_viewer(self, things: QuerySet[LaterDeadline], viewer: Viewer) -> QuerySet[LaterDeadline]:
        return things.exclude(proposed_by=viewer.user)

    def line(self, thing: LaterDeadline, viewer: Viewer) -> Line:
        return Line(
            _("Move the deadline of %(campaign)s to %(deadline)s")
            % {"campaign": thing.campaign, "deadline": limit(thing.deadline)},
            _("proposed by %s") % thing.proposed_by,
            reverse("admin:campaigns_campaign_confirm_deadline", args=[thing.campaign_id]),
            thing.proposed_at,
            thing.campaign.deadline,
            YOU_PROPOSED if thing.proposed_by_id == viewer.user.pk else "",
        )


class Gaps(OneByOne):
    """Of sources, when the input was fixed: a decision accepts each, or the result does not become final."""

    name, title = "gaps", gettext_lazy("Gaps of sources")
    permission, act = "integrity.view_decision", "integrity.add_decision"

    def page(self) -> str:
        return reverse("console:sources")

    def waiting(self, now: datetime) -> QuerySet[FixedSource]:  # noqa: ARG002
        """Neither accepted nor proposed to be."""
        about = Decision.objects.filter(
            kind=Decision.Kind.GAP,
            campaign=OuterRef("campaign"),
            source=OuterRef("source"),
            rejected_at=None,
        ).exclude(Q(undone_by__confirmed_at__isnull=False))
        fixed = FixedSource.objects.filter(
            campaign__state=Campaign.State.PROVISIONAL, campaign__is_rehearsal=False
        )
        return (
            fixed.exclude(gaps=[])
            .exclude(Exists(about))
            .select_related("campaign", "source")
            .order_by("campaign__deadline", "campaign", "source__name")
        )

    def for_viewer(self, things: QuerySet[FixedSource], viewer: Viewer) -> QuerySet[FixedSource]:
        return things.exclude(campaign__in=viewer.stands_in)

    def line(self, thing: FixedSource, viewer: Viewer) -> Line:
        since, until = (instant(datetime.fromisoformat(each)) for each in thing.gaps[0])
        return Line(
            _("Source %(source)s says nothing of %(since)s to %(until)s")
            % {"source": thing.source.name, "since": since, "until": until},
            f"{thing.campaign} · {_('two people accept the gap, or the result waits')}",
            reverse("admin:campaigns_campaign_accept_gap", args=[thing.campaign_id]),
            thing.campaign.provisional_at or thing.campaign.grace_ends_at,
            end_of_waiting(thing.campaign),
            YOU_STAND if thing.campaign_id in viewer.stands_in else "",
        )
