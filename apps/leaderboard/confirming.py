"""Which contacts a winner is asked to name."""

from dataclasses import dataclass

from apps.activity.models import Contact
from apps.campaigns.models import Campaign
from apps.directory.models import Employee
from apps.integrity.checks import states
from apps.integrity.models import Check, CheckItem
from apps.ranking.services import latest_result

SHOWN = 50  # at once


@dataclass(frozen=True)
class Line:
    item: CheckItem
    hint: str
    platform: str


@dataclass(frozen=True)
class Asked:
    """waiting: the next that are not named yet, at most SHOWN; missing: how many are not, in all."""

    check: Check
    waiting: list[Line]
    missing: int

    @property
    def has_several_messengers(self) -> bool:
        return len({line.platform for line in self.waiting}) > 1


def asked_of(campaign: Campaign, employee: Employee) -> Asked | None:
    """None while nothing is asked of them: the result is no longer provisional, or they win no place."""
    result = latest_result(campaign)
    if campaign.state != Campaign.State.PROVISIONAL or result is None:
        return None
    check = Check.objects.filter(result=result, employee=employee).select_related("result__campaign").first()
    if check is None:
        return None
    items = [state.item for state in states(check) if not state.is_matched]
    contacts = Contact.objects.in_bulk([item.contact_id for item in items[:SHOWN]])
    return Asked(
        check,
        [
            Line(item, contacts[item.contact_id].hint, contacts[item.contact_id].platform)
            for item in items[:SHOWN]
        ],
        len(items),
    )
