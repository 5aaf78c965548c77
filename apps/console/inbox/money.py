"""What waits of the prizes: awards to hand to payroll, payroll's answers, payments that came back."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.awards.models import Award, Payment, PayrollExport
from apps.awards.payment.people import CONFIRM, EXPORT, PAY_AGAIN
from apps.campaigns.models import Campaign
from apps.console.inbox.kinds import Line, OneByOne
from apps.console.inbox.viewer import Viewer

YOU_WIN = gettext_lazy("You stand among the winners, so somebody else must do it.")


def counted(rows: QuerySet[Any], by: str) -> Subquery:
    """How many there are, beside each row of the outer query."""
    return Subquery(rows.order_by().values(by).annotate(n=Count("pk")).values("n"))


class Exports(OneByOne):
    name, title = "exports", gettext_lazy("Awards for payroll")
    permission, act = "awards.view_award", EXPORT

    def page(self) -> str:
        return reverse("console:awards")

    def waiting(self, now: datetime) -> QuerySet[Any]:  # noqa: ARG002
        approved = Award.objects.filter(campaign=OuterRef("pk"), state=Award.State.APPROVED)
        final = Campaign.objects.filter(state__in=[Campaign.State.FINAL, Campaign.State.PAID])
        return (
            final.filter(Exists(approved))
            .annotate(to_export=counted(approved, "campaign"))
            .order_by("deadline", "pk")
        )

    def for_viewer(self, things: QuerySet[Any], viewer: Viewer) -> QuerySet[Any]:
        return things.exclude(pk__in=viewer.wins_in)

    def line(self, thing: Any, viewer: Viewer) -> Line:
        count = thing.to_export
        text = ngettext("Hand %d award to payroll", "Hand %d awards to payroll", count) % count
        address = reverse("console:campaign-awards", args=[thing.slug])
        why_not = YOU_WIN if thing.pk in viewer.wins_in else ""
        return Line(text, str(thing), address, thing.objections_end_at, None, why_not)


class Answers(OneByOne):
    name, title = "answers", gettext_lazy("Payroll's answers")
    permission, act = "awards.view_payrollexport", CONFIRM

    def page(self) -> str:
        return reverse("console:awards")

    def waiting(self, now: datetime) -> QuerySet[Any]:  # noqa: ARG002
        unanswered = Payment.objects.filter(export=OuterRef("pk"), state=Payment.State.OPEN)
        return (
            PayrollExport.objects.filter(Exists(unanswered))
            .select_related("campaign", "made_by")
            .annotate(unanswered=counted(unanswered, "export"))
            .order_by("made_at", "pk")
        )

    def for_viewer(self, things: QuerySet[Any], viewer: Viewer) -> QuerySet[Any]:
        return things.exclude(made_by=viewer.user).exclude(campaign__in=viewer.wins_in)

    def line(self, thing: Any, viewer: Viewer) -> Line:
        count = thing.unanswered
        text = ngettext(
            "Bring in payroll's answer for %d payment", "Bring in payroll's answer for %d payments", count
        )
        return Line(
            text % count,
            f"{thing.campaign} · {_('export %(number)d by %(who)s') % {'number': thing.number, 'who': thing.made_by}}",
            reverse("console:campaign-awards", args=[thing.campaign.slug]),
            thing.made_at,
            None,
            self.why_not(thing, viewer),
        )

    def why_not(self, export: Any, viewer: Viewer) -> Any:
        if export.made_by_id == viewer.user.pk:
            return _("You have handed it to payroll, so somebody else brings the answer in.")
        return YOU_WIN if export.campaign_id in viewer.wins_in else ""


class Returned(OneByOne):
    name, title = "returned", gettext_lazy("Returned payments")
    permission, act = "awards.view_award", PAY_AGAIN

    def page(self) -> str:
        return reverse("console:awards")

    def waiting(self, now: datetime) -> QuerySet[Any]:  # noqa: ARG002
        last = Payment.objects.filter(award=OuterRef("pk")).order_by("-pk")
        return (
            Award.objects.filter(state=Award.State.RETURNED)
            .select_related("campaign", "employee")
            .annotate(
                returned_by=Subquery(last.values("answered_by")[:1]),
                returned_at=Subquery(last.values("answered_at")[:1]),
                because=Subquery(last.values("returned_reason")[:1]),
            )
            .order_by("pk")
        )

    def for_viewer(self, things: QuerySet[Any], viewer: Viewer) -> QuerySet[Any]:
        return things.exclude(returned_by=viewer.user.pk).exclude(campaign__in=viewer.wins_in)

    def line(self, thing: Any, viewer: Viewer) -> Line:
        return Line(
            _("Pay %(employee)s again: %(reason)s") % {"employee": thing.employee, "reason": thing.because},
            f"{thing.campaign} · {thing}",
            reverse("admin:awards_award_pay_again", args=[thing.pk]),
            thing.returned_at,
            None,
            self.why_not(thing, viewer),
        )

    def why_not(self, award: Any, viewer: Viewer) -> Any:
        if award.returned_by == viewer.user.pk:
            return _("You recorded that it came back, so somebody else must let it be paid again.")
        return YOU_WIN if award.campaign_id in viewer.wins_in else ""
