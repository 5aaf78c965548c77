"""From a provisional result to proposed awards."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Sum

from apps.audit.services import record
from apps.awards.models import Award
from apps.awards.prizes import people
from apps.awards.prizes.sources import shares_of
from apps.campaigns.models import Campaign
from apps.integrity.hold import hold
from apps.ranking import sealing
from apps.ranking.models import Result
from apps.ranking.services import latest_result
from bonus_tracker.clock import company_zone

Form = Award.Form


@transaction.atomic
def settle(campaign: Campaign, *, now: datetime) -> Result | None:
    """Seal the first version of the result, and fix with it what its prizes need to know of people.

    As often as wanted, see apps.ranking.sealing.settle. A crash undoes both.
    """
    result = sealing.settle(campaign, now=now)
    if result is not None and people.needed(campaign):
        sha256 = people.fix_people(campaign, today=now.astimezone(company_zone()).date())
        record(
            "prize facts fixed",
            actor="system",
            subject=f"campaign {campaign.slug}",
            at=now,
            details={"sha256": sha256},
        )
    return result


@transaction.atomic
def propose_awards(campaign: Campaign, *, now: datetime) -> list[Award]:
    """Turn the prizes into proposed awards, once per version of the result.

    Call it twice or from two workers at once: whoever comes first does the work, everyone else gets [].
    A rehearsal gives no awards.
    """
    campaign = hold(campaign)
    result = latest_result(campaign)
    provisional = campaign.state == Campaign.State.PROVISIONAL
    if campaign.is_rehearsal or not provisional or result is None or result.awards.exists():
        return []
    awards = Award.objects.bulk_create(
        (
            Award(campaign=campaign, result=result, created_at=now, **share._asdict())
            for share in shares_of(result)
        ),
        batch_size=1000,
    )
    _log(result, now)
    return awards


def _log(result: Result, now: datetime) -> None:
    """Winners of places one by one; of prizes that many share or reach, how many and how much."""
    by_place = result.awards.filter(form=Form.PLACE).select_related("employee")
    for award in by_place.order_by("place", "employee__number"):
        details = {
            "employee": award.employee.number,
            "place": award.place,
            "shared by": award.shared_by,
            "net": f"{award.net_amount} {award.currency}",
        } | ({"division": award.division} if award.division else {})
        _record("award proposed", result, details, now)
    others = result.awards.exclude(form=Form.PLACE).order_by("form", "place", "department")
    counted = others.values("form", "place", "department", "currency")
    for each in counted.annotate(awards=Count("pk"), net=Sum("net_amount")):
        details = {"for": each["form"], "awards": each["awards"], "net": f"{each['net']} {each['currency']}"}
        details |= {"place": each["place"], "department": each["department"]} if each["place"] else {}
        _record("awards proposed", result, details, now)


def _record(action: str, result: Result, details: dict[str, Any], now: datetime) -> None:
    record(
        action,
        actor="system",
        subject=f"campaign {result.campaign.slug}",
        at=now,
        details=details | {"version": result.version},
    )


def recipients(result: Result) -> frozenset[int]:
    """Ids of everybody who gets something by a version of the result."""
    return frozenset(result.awards.values_list("employee_id", flat=True))


def winners_of_places(result: Result) -> dict[int, int]:
    """Employee id -> place, of everybody who wins one by a version of the result, proposed yet or not."""
    return {share.employee_id: share.place for share in shares_of(result) if share.form == Form.PLACE}
