"""Names as colleagues may read them: one's own, a generated one, or none."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.awards.models import Award
from apps.campaigns.aliases import spoken
from apps.campaigns.models import Appearance
from apps.directory.models import Employee

Mode = Appearance.Mode


@dataclass(frozen=True)
class Winner:
    award: Award
    name: str


def named(awards: Iterable[Award], *, knows_all: bool) -> list[Winner]:
    """In the order of the awards. knows_all: HR and auditors read it."""
    awards = list(awards)
    people = {(award.campaign_id, award.employee_id): award.employee for award in awards}
    names = shown_names(people, knows_all=knows_all)
    return [Winner(award, names[award.campaign_id, award.employee_id]) for award in awards]


def shown_names(
    people: dict[tuple[int, int], Employee], *, knows_all: bool = False
) -> dict[tuple[int, int], str]:
    """By campaign and employee, in one query; none when nobody is asked about, or by who knows all."""
    names = {key: employee.name or employee.number for key, employee in people.items()}
    if not people or knows_all:
        return names
    changed = Appearance.objects.exclude(mode=Mode.OWN).filter(
        campaign__in={campaign for campaign, _employee in people},
        employee__in={employee for _campaign, employee in people},
    )
    for campaign, employee, mode, alias in changed.values_list("campaign", "employee", "mode", "alias"):
        if (campaign, employee) in names:
            hidden = mode == Mode.HIDDEN
            names[campaign, employee] = _("a colleague who is not shown") if hidden else spoken(alias)
    return names
