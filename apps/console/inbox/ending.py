"""What waits at the end of a campaign: objections, decisions, cases, winners' checks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.console.inbox.kinds import Found, Kind, Line, OneByOne, end_of_waiting
from apps.console.inbox.viewer import Viewer
from apps.integrity.models import Case, Check, Decision, Objection
from apps.integrity.progress import Progress, open_checks, progress

CONCERNS_YOU = gettext_lazy("It concerns you, so somebody else must decide.")
YOU_STAND = gettext_lazy("You stand where a prize is at stake, so somebody else must decide.")
YOU_PROPOSED = gettext_lazy("You have proposed it, so somebody else must confirm it.")


class Objections(OneByOne):
    name, title = "objections", gettext_lazy("Objections")
    permission, act = "integrity.view_objection", "integrity.change_objection"

    def page(self) -> str:
        return reverse("console:objections")

    def waiting(self, now: datetime) -> QuerySet[Objection]:  # noqa: ARG002
        """Without those that a proposed decision would uphold."""
        open_ones = Objection.objects.filter(state=Objection.State.OPEN)
        proposed = Decision.objects.filter(confirmed_at=None, rejected_at=None).exclude(objection=None)
        return (
            open_ones.exclude(pk__in=proposed.values("objection"))
            .select_related("campaign", "employee", "place_of")
            .order_by("made_at", "pk")
        )

    def for_viewer(self, things: QuerySet[Objection], viewer: Viewer) -> QuerySet[Objection]:
        mine = things.exclude(campaign__in=viewer.stands_in)
        own = viewer.employee_id
        return mine.exclude(Q(employee=own) | Q(place_of__isnull=False, place_of=own)) if own else mine

    def line(self, thing: Objection, viewer: Viewer) -> Line:
        return Line(
            _("Objection %(number)d: %(about)s") % {"number": thing.number, "about": about(thing)},
            str(thing.campaign),
            reverse("console:objection", args=[thing.pk]),
            thing.made_at,
            end_of_waiting(thing.campaign),
            why_not_answer(thing, viewer),
        )


def about(objection: Objection) -> str:
    if objection.place_of:
        return _("%(who)s doubts the place of %(whose)s") % {
            "who": objection.employee,
            "whose": objection.place_of,
        }
    return _("%(who)s claims %(count)d more") % {
        "who": objection.employee,
        "count": objection.contacts_claimed,
    }


def why_not_answer(objection: Objection, viewer: Viewer) -> Any:
    own = viewer.employee_id
    if own is not None and own in (objection.employee_id, objection.place_of_id):
        return CONCERNS_YOU
    return YOU_STAND if objection.campaign_id in viewer.stands_in else ""


class Decisions(OneByOne):
    name, title = "decisions", gettext_lazy("Decisions")
    permission, act = "integrity.view_decision", "integrity.change_decision"

    def page(self) -> str:
        return reverse("console:decisions")

    def waiting(self, now: datetime) -> QuerySet[Decision]:  # noqa: ARG002
        open_ones = Decision.objects.filter(confirmed_at=None, rejected_at=None)
        return open_ones.select_related("campaign", "employee", "proposed_by", "source").order_by(
            "proposed_at", "pk"
        )

    def for_viewer(self, things: QuerySet[Decision], viewer: Viewer) -> QuerySet[Decision]:
        mine = things.exclude(proposed_by=viewer.user).exclude(campaign__in=viewer.stands_in)
        own = viewer.employee_id
        return mine.exclude(employee__isnull=False, employee=own) if own else mine

    def line(self, thing: Decision, viewer: Viewer) -> Line:
        whom = thing.employee or thing.source or ""
        kind = thing.get_kind_display()
        return Line(
            _("Confirm or reject decision %(number)d: %(kind)s")
            % {"number": thing.number, "kind": f"{kind}, {whom}" if whom else kind},
            f"{thing.campaign} · {_('proposed by %s') % thing.proposed_by}",
            reverse("console:decision", args=[thing.pk]),
            thing.proposed_at,
            end_of_waiting(thing.campaign),
            why_not_confirm(thing, viewer),
        )


def why_not_confirm(decision: Decision, viewer: Viewer) -> Any:
    if decision.proposed_by_id == viewer.user.pk:
        return YOU_PROPOSED
    if decision.employee_id is not None and decision.employee_id == viewer.employee_id:
        return CONCERNS_YOU
    return YOU_STAND if decision.campaign_id in viewer.stands_in else ""


class Cases(OneByOne):
    name, title = "cases", gettext_lazy("Cases")
    permission, act = "integrity.view_case", "integrity.change_case"

    def page(self) -> str:
        return reverse("console:cases")

    def waiting(self, now: datetime) -> QuerySet[Case]:  # noqa: ARG002
        open_ones = Case.objects.filter(closed_at=None)
        return open_ones.select_related("campaign", "employee").order_by("opened_at", "pk")

    def for_viewer(self, things: QuerySet[Case], viewer: Viewer) -> QuerySet[Case]:
        mine = things.exclude(campaign__in=viewer.stands_in)
        return mine.exclude(employee=viewer.employee_id) if viewer.employee_id else mine

    def line(self, thing: Case, viewer: Viewer) -> Line:
        return Line(
            _("Case %(number)d about %(employee)s") % {"number": thing.pk, "employee": thing.employee},
            f"{thing.campaign} · {_('opened by %s') % thing.opened_by}",
            reverse("console:case", args=[thing.pk]),
            thing.opened_at,
            end_of_waiting(thing.campaign),
            why_not_close(thing, viewer),
        )


def why_not_close(case: Case, viewer: Viewer) -> Any:
    concerned = case.employee_id == viewer.employee_id or case.campaign_id in viewer.stands_in
    return CONCERNS_YOU if concerned else ""


class Checks(Kind):
    """A check waits for a reviewer while the winner has named contacts that the reviewer has not said a word of."""

    name, title = "checks", gettext_lazy("Winners' checks")
    permission, act = "integrity.view_check", "integrity.add_tick"

    def page(self) -> str:
        return reverse("console:checks")

    def found(self, viewer: Viewer, now: datetime) -> Found:  # noqa: ARG002
        far = progress(open_checks().values_list("pk", flat=True), reviewer=viewer.user.pk)

        def own() -> QuerySet[Check]:
            mine = self._those([key for key, each in far.items() if each.to_review])
            return mine.exclude(result__campaign__in=viewer.stands_in)

        return Found(own, self._those([key for key, each in far.items() if not each.is_done]))

    def lines(self, things: Sequence[Check], viewer: Viewer) -> list[Line]:
        found = progress([thing.pk for thing in things], reviewer=viewer.user.pk)
        return [_of_check(thing, found.get(thing.pk, Progress()), viewer) for thing in things]

    def _those(self, keys: list[int]) -> QuerySet[Check]:
        found = Check.objects.filter(pk__in=keys).select_related("result__campaign", "employee")
        return found.order_by("drawn_at", "pk")


def _of_check(check: Check, far: Progress, viewer: Viewer) -> Line:
    campaign = check.result.campaign
    return Line(
        _("Confirm contacts of %(employee)s: %(done)d of %(all)d are confirmed")
        % {"employee": check.employee, "done": far.confirmed, "all": far.size},
        str(campaign),
        reverse("console:check", args=[check.pk]),
        check.drawn_at,
        end_of_waiting(campaign),
        why_not_review(far, campaign.pk, viewer),
    )


def why_not_review(far: Progress, campaign_id: int, viewer: Viewer) -> Any:
    if campaign_id in viewer.stands_in:
        return YOU_STAND
    if far.to_review:
        return ""
    if far.named < far.size:
        left = far.size - far.named
        text = ngettext(
            "The winner has %d contact still to name.", "The winner has %d contacts still to name.", left
        )
        return text % left
    return _("You have said what you found; somebody else confirms the rest.")
