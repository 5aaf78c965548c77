"""Cases: somebody looks into an employee's count."""

from datetime import datetime
from typing import Any, cast

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.campaigns.admin.campaigns import CampaignAdmin
from apps.campaigns.models import Campaign
from apps.directory.models import User
from apps.integrity.admin.deciding import PersonForm
from apps.integrity.cases import OVER, close_case, open_case
from apps.integrity.models import Case
from apps.integrity.refusals import Refused
from bonus_tracker.admin_site import fields
from bonus_tracker.admin_site.base import ReadOnlyModelAdmin
from bonus_tracker.admin_site.steps import Step


class OpenForm(PersonForm, fields.ReasonForm):
    reason = fields.reason(gettext_lazy("What is to be looked into"))
    field_order = ("employee", "reason")


class OpenCase(Step):
    name, has_button = "open-case", False
    title = gettext_lazy("Open a case")
    permission = "integrity.add_case"
    form_class = OpenForm
    refusals = (Refused,)

    def is_open(self, thing: Campaign) -> bool:
        return thing.state not in OVER

    def sentences(self, thing: Campaign, *, now: datetime) -> list[Any]:  # noqa: ARG002
        return [
            _("A case is a question, and changes nothing by itself; the employee is not told."),
            _("While it is open and the employee stands at a prize, the result cannot become final."),
        ]

    def take(self, request: HttpRequest, thing: Campaign, form: Any, *, now: datetime) -> str:
        data, by = form.cleaned_data, cast(User, request.user)
        case = open_case(thing, data["employee"], reason=data["reason"], by=by, now=now)
        return _("Case %d is open.") % case.pk


class CloseForm(fields.ReasonForm):
    reason = fields.reason(gettext_lazy("Outcome"))


class CloseCase(Step):
    name = "close"
    title = gettext_lazy("Close the case")
    permission = "integrity.change_case"
    form_class = CloseForm
    refusals = (Refused,)

    def is_open(self, thing: Case) -> bool:
        return thing.closed_at is None

    def sentences(self, thing: Case, *, now: datetime) -> list[Any]:  # noqa: ARG002
        return [
            _("%(employee)s: %(reason)s") % {"employee": thing.employee, "reason": thing.reason},
            _("The outcome stays with the case. What follows from it is a decision of its own."),
        ]

    def take(self, request: HttpRequest, thing: Case, form: Any, *, now: datetime) -> str:
        user: Any = request.user
        close_case(thing, outcome=form.cleaned_data["reason"], by=user, now=now)
        return _("The case is closed.")


CampaignAdmin.add_step(OpenCase())


@admin.register(Case)
class CaseAdmin(ReadOnlyModelAdmin):
    list_display = ("id", "campaign", "employee", "opened_by", "opened_at", "closed_at")
    list_select_related = ("campaign", "employee")
    list_filter = ("campaign", ("closed_at", admin.EmptyFieldListFilter))
    fields = (
        ("campaign", "employee"),
        "reason",
        ("opened_by", "opened_at"),
        "outcome",
        ("closed_by", "closed_at"),
    )
    steps = [CloseCase()]

    def subject(self, obj: Case) -> str:
        return f"case {obj.pk}"
