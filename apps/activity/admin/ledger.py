"""A delivery's rows of the ledger, a page at a time."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from apps.activity.models import Contact, Delivery
from apps.directory.models import Account, Employee
from bonus_tracker.admin_site.figures import Figure, figure
from bonus_tracker.admin_site.keyset import ROWS_A_PAGE, Table, one_page
from bonus_tracker.admin_site.looking import LookStep


class LedgerRow(NamedTuple):
    occurred_at: datetime
    sender: int
    recipient: int
    event_key: int
    room_size: int


class LookAtInteractions(LookStep):
    name = "interactions"
    title = _("Interactions")
    permission = "activity.view_contact"  # these are people; of a delivery, counts are for more

    def is_open(self, thing: Delivery) -> bool:
        return bool(thing.first_at)

    def subject(self, thing: Delivery, form: Any) -> str:  # noqa: ARG002
        return f"delivery {thing.pk}"

    def employees_shown(self, thing: Delivery, form: Any, after: str) -> list[str]:  # noqa: ARG002
        keys = {key for row in ledger_page(thing, after) for key in (row.sender, row.recipient)}
        owners = Employee.objects.filter(accounts__account__in=keys)
        return list(owners.order_by("number").values_list("number", flat=True).distinct())

    def table(self, thing: Delivery, form: Any, after: str) -> Table:  # noqa: ARG002
        rows = ledger_page(thing, after)
        names = account_names({key for row in rows for key in (row.sender, row.recipient)})
        return one_page(
            rows,
            headers=[_("Occurred at"), pgettext("sender", "From"), _("To"), Figure(_("People in the room"))],
            row=lambda row: (
                localtime(row.occurred_at).strftime("%Y-%m-%d %H:%M:%S"),
                names.get(row.sender, "?"),
                names.get(row.recipient, "?"),
                figure(row.room_size),
            ),
            key=lambda row: f"{row.occurred_at.isoformat()} {row.sender} {row.recipient} {row.event_key}",
        )


def ledger_page(delivery: Delivery, after: str) -> list[LedgerRow]:
    """Up to a page and one row more, in the order of time; `after` is the key of the last row seen.

    The instants name the partitions, and both BRIN indexes the blocks.
    """
    key = parsed_key(after) or (delivery.first_at, -(2**63), -(2**63), -(2**63))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT occurred_at, sender, recipient, event_key, room_size FROM activity_interaction "
            "WHERE delivery_id = %s AND occurred_at BETWEEN %s AND %s "
            "AND (occurred_at, sender, recipient, event_key) > (%s, %s, %s, %s) "
            "ORDER BY occurred_at, sender, recipient, event_key LIMIT %s",
            [delivery.pk, key[0], delivery.last_at, *key, ROWS_A_PAGE + 1],
        )
        return [LedgerRow(*row) for row in cursor.fetchall()]


def parsed_key(text: str) -> tuple[datetime, int, int, int] | None:
    try:
        instant, sender, recipient, event_key = text.split(" ")
        return datetime.fromisoformat(instant), int(sender), int(recipient), int(event_key)
    except ValueError:
        return None


def account_names(keys: set[int]) -> dict[int, str]:
    """What may be shown of accounts: the masked hint of whoever is or was outside, else the staff's handle."""
    names = {account.pk: account.handle for account in Account.objects.filter(pk__in=keys)}
    return names | {contact.pk: contact.hint for contact in Contact.objects.filter(pk__in=keys)}
