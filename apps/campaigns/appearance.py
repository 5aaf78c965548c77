"""Under which name somebody stands on a board before colleagues, or whether at all: docs/decisions/0027.

It changes what colleagues see and nothing else: places, scores, prizes and what HR and auditors see stay.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Sum

from apps.audit.services import record
from apps.campaigns.aliases import new_alias
from apps.campaigns.models import Appearance, Campaign
from apps.directory.models import Employee

Mode = Appearance.Mode


@transaction.atomic
def appear_as(campaign: Campaign, employee: Employee, mode: Mode, *, now: datetime, actor: str) -> bool:
    """True when it was something else before. A generated name, once drawn, stays the person's for the campaign.

    Possible at any time: nobody has to go on being shown because a contest is over.
    """
    Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)  # names are drawn one after the other
    found, _made = Appearance.objects.get_or_create(
        campaign=campaign, employee=employee, defaults={"changed_at": now}
    )
    if found.mode == mode:
        return False
    if mode == Mode.GENERATED and not found.alias:
        taken = Appearance.objects.filter(campaign=campaign).exclude(alias="")
        found.alias = new_alias(set(taken.values_list("alias", flat=True)))
    Appearance.objects.filter(pk=found.pk).update(
        mode=mode, alias=found.alias, changed_at=now, changes=F("changes") + 1
    )
    record(
        "appearance changed",
        actor=actor,
        subject=f"employee {employee.number}",
        at=now,
        details={"campaign": campaign.slug, "from": found.mode, "to": str(mode), "alias": found.alias},
    )
    return True


def appearance_of(campaign: Campaign, employee: Employee) -> Appearance:
    """As kept, or the usual one, unsaved."""
    found = Appearance.objects.filter(campaign=campaign, employee=employee).first()
    return found or Appearance(campaign=campaign, employee=employee)


def appearances_version(campaign: Campaign) -> int:
    """Another number after every change in a campaign."""
    total = Appearance.objects.filter(campaign=campaign).aggregate(total=Sum("changes"))["total"]
    return total or 0
