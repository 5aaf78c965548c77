"""The prizes of a campaign file."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from apps.campaigns.announcement import PrizeLine
from apps.campaigns.further import CHOICES, Awarding, DepartmentPrize, Further, Goal, PerContact
from apps.campaigns.toml_table import Table


def places(root: Table) -> tuple[PrizeLine, ...]:
    prizes = []
    for table in root.tables("prizes", example='place = 1, net_amount = "100000.00", currency = "CNY"'):
        place, (net_amount, currency) = _needed(table, "place", 1), _money(table)
        min_score = table.whole("min_score", 0)
        division = _division(table)
        table.close()
        if net_amount is not None:
            prizes.append(PrizeLine(place, net_amount, currency, min_score, division))
    return tuple(sorted(prizes))


def further(root: Table) -> Further:
    return Further(
        goals=tuple(sorted(filter(None, map(_goal, root.tables("goals", example="contacts = 100"))))),
        per_contact=_per_contact(root),
        departments=tuple(
            sorted(filter(None, map(_department, root.tables("department_prizes", example="place = 1"))))
        ),
    )


def _goal(table: Table) -> Goal | None:
    contacts, (net_amount, currency) = _needed(table, "contacts", 100), _money(table)
    pro_rata, exempt = table.flag("pro_rata", True), table.texts("exempt_groups")
    division = _division(table)
    table.close()
    return None if net_amount is None else Goal(contacts, net_amount, currency, pro_rata, exempt, division)


def _per_contact(root: Table) -> PerContact | None:
    if not root.has("per_contact"):
        return None
    table = root.table("per_contact", example='net_amount = "10.00", most = 50')
    most, (net_amount, currency) = _needed(table, "most", 50), _money(table)
    division = _division(table)
    table.close()
    return None if net_amount is None else PerContact(net_amount, most, currency, division)


def _department(table: Table) -> DepartmentPrize | None:
    place, (net_amount, currency) = _needed(table, "place", 1), _money(table)
    division = _division(table)
    table.close()
    return None if net_amount is None else DepartmentPrize(place, net_amount, currency, division)


def _division(table: Table) -> str:
    return table.text("division", example='"sales"')


def _needed(table: Table, key: str, example: int) -> int:
    if not table.has(key):
        table.complain(key, _("it is missing; write %s.") % f"{key} = {example}")
    return table.whole(key, example)


def _money(table: Table) -> tuple[Decimal | None, str]:
    return table.amount("net_amount"), table.text("currency", "CNY", example='"CNY"', longest=20)


def awarding(root: Table) -> Awarding:
    table = root.table("awarding", example='equals = "share"')
    usual = Awarding()
    chosen: dict[str, Any] = {key: table.choice(key, known) for key, known in CHOICES.items()}
    found = Awarding(
        **chosen,
        excluded_groups=table.texts("excluded_groups"),
        department_level=table.whole("department_level", usual.department_level),
        department_members=table.whole("department_members", usual.department_members),
    )
    table.close()
    return found
