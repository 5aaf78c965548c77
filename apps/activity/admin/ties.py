"""One employee's ties: whom they talk with, as masked hints; only with a reason."""

from typing import Any

from django.db.models import BigIntegerField, Func
from django.utils.translation import gettext_lazy as _

from apps.activity.admin.ledger import account_names
from apps.activity.fields import Days
from apps.activity.models import Tie
from apps.directory.admin.employees import EmployeeAdmin
from apps.directory.models import Employee
from bonus_tracker.admin_site.figures import Figure, figure
from bonus_tracker.admin_site.keyset import ROWS_A_PAGE, Table, one_page, whole_number
from bonus_tracker.admin_site.looking import LookStep


class LookAtTies(LookStep):
    name = "ties"
    title = _("Ties")
    permission = "activity.view_tie"

    def subject(self, thing: Employee, form: Any) -> str:  # noqa: ARG002
        return f"employee {thing.number}"

    def table(self, thing: Employee, form: Any, after: str) -> Table:  # noqa: ARG002
        ties = ties_page(thing.pk, after)
        names = account_names({tie["contact_id"] for tie in ties})
        return one_page(
            ties,
            headers=[
                _("Contact"),
                _("First day"),
                _("Latest day"),
                Figure(_("Days the employee wrote")),
                Figure(_("Days the contact wrote")),
            ],
            row=lambda tie: (
                names.get(tie["contact_id"], "?"),
                tie["first_date"].isoformat(),
                tie["anchor"].isoformat(),
                figure(tie["sent_days"]),
                figure(tie["received_days"]),
            ),
            key=lambda tie: str(tie["contact_id"]),
        )


def ties_page(employee_id: int, after: str) -> list[dict[str, Any]]:
    """Up to a page and one tie more, in the order of the key; `after` is the contact last seen."""
    ties = Tie.objects.filter(employee=employee_id)
    last_seen = whole_number(after)
    if last_seen is not None:
        ties = ties.filter(contact_id__gt=last_seen)
    counted = ties.annotate(sent_days=_bits("sent"), received_days=_bits("received"))
    wanted = ("contact_id", "first_date", "anchor", "sent_days", "received_days")
    return list(counted.order_by("contact_id").values(*wanted)[: ROWS_A_PAGE + 1])


def _bits(side: str) -> Func:
    return Func(
        Days(f"recent_{side}", f"earlier_{side}"), function="bit_count", output_field=BigIntegerField()
    )


EmployeeAdmin.add_step(LookAtTies())
