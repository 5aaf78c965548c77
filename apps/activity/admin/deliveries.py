"""Deliveries: to read, to take back, and their rows of the ledger to look at."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import display

from apps.activity import withdrawal
from apps.activity.admin.ledger import LookAtInteractions
from apps.activity.models import Delivery
from bonus_tracker.admin_site import fields
from bonus_tracker.admin_site.base import ReadOnlyModelAdmin
from bonus_tracker.admin_site.keyset import KeysetMixin
from bonus_tracker.admin_site.steps import Step

State = Delivery.State
COLOURS = {State.OPEN: "warning", State.APPLIED: "success", State.WITHDRAWN: "danger"}


class Withdraw(Step):
    name, is_grave = "withdraw", True
    title = gettext_lazy("Withdraw")
    permission = "activity.change_delivery"
    form_class = fields.ReasonForm
    refusals = (withdrawal.NotWithdrawable, ValueError)

    def is_open(self, thing: Delivery) -> bool:
        return thing.state != State.WITHDRAWN

    def sentences(self, thing: Delivery, *, now: datetime) -> list[Any]:  # noqa: ARG002
        what = withdrawal.preview(thing)
        return [
            ngettext(
                "%(n)d interaction of this delivery no longer counts.",
                "%(n)d interactions of this delivery no longer count.",
                what.interactions,
            )
            % {"n": what.interactions},
            _("Ties derived again: %(ties)d, of %(employees)d employees.")
            % {"ties": what.ties, "employees": what.employees},
            _("Held events that are rejected with it: %d.") % what.held,
            _("The ledger keeps the rows. Sealed results stay as they are. The same file may be sent again."),
        ]

    def take(self, request: HttpRequest, thing: Delivery, form: Any, *, now: datetime) -> str:
        withdrawal.withdraw(
            thing, actor=request.user.get_username(), reason=form.cleaned_data["reason"], now=now
        )
        return _("Delivery %d was withdrawn.") % thing.pk


@admin.register(Delivery)
class DeliveryAdmin(KeysetMixin, ReadOnlyModelAdmin):
    when_empty = gettext_lazy(
        "A delivery is a file of who wrote to whom and when. Your administrator uploads it in the "
        "console, or takes it in from the command line. Then its counts are here, and it can be withdrawn."
    )
    list_display = (
        "id",
        "name",
        "source",
        "shown_state",
        "received_at",
        "lines_read",
        "counted",
        "quarantined",
    )
    list_select_related = ("source",)
    list_filter = ("state", "source")
    steps = [Withdraw(), LookAtInteractions()]
    fieldsets = (
        (None, {"fields": (("name", "source"), ("state", "actor"), ("received_at", "sha256"))}),
        (
            gettext_lazy("What became of its lines"),
            {
                "fields": (
                    "lines_read",
                    ("counted", "quarantined"),
                    ("staff_only", "outsiders_only", "group_rooms"),
                )
            },
        ),
        (gettext_lazy("Time it covers"), {"fields": (("covers_from", "covers_to"), ("first_at", "last_at"))}),
        (gettext_lazy("Withdrawal"), {"fields": (("withdrawn_at", "withdrawn_by"), "withdrawal_reason")}),
    )

    def subject(self, obj: Delivery) -> str:
        return f"delivery {obj.pk}"

    @display(description=gettext_lazy("state"), label=COLOURS)
    def shown_state(self, delivery: Delivery) -> tuple[str, str]:
        return delivery.state, delivery.get_state_display()
