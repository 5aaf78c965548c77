"""From a provisional result to proposed awards."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet, Sum

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
WHAT_FOR = ("form", "place", "department", "division", "currency")


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
    """Winners of places one by one; of prizes that many share or reach, how many and how much.

    before: what the last version gave of which awards were proposed; nothing where it gave nothing, or there is none.
    """
    earlier = Award.objects.filter(campaign=result.campaign, result__version__lt=result.version)
    version_before = earlier.filter(result=earlier.order_by("-result__version").values("result")[:1])
    _log_places(result, version_before, now)
    before, given = _counted(version_before), _counted(result.awards.all())
    for what_for, each in given.items():
        details = _for_what(each) | _sum(each)
        details["before"] = _sum(before[what_for]) if what_for in before else None
        details["after"] = _sum(each)
        _record("awards proposed", result, details, now)
    for what_for in sorted(before.keys() - given.keys()):
        details = _for_what(before[what_for]) | {"before": _sum(before[what_for]), "after": None}
        _record("awards dropped", result, details, now)


def _log_places(result: Result, version_before: QuerySet[Award], now: datetime) -> None:
    before = {award.employee: _place(award) for award in _by_place(version_before)}
    for award in _by_place(result.awards.all()):
        details = {
            "employee": award.employee.number,
            "place": award.place,
            "shared by": award.shared_by,
            "net": f"{award.net_amount} {award.currency}",
        } | ({"division": award.division} if award.division else {})
        details["before"] = before.pop(award.employee, None)
        details["after"] = _place(award)
        _record("award proposed", result, details, now)
    for employee, had in before.items():
        _record("award dropped", result, {"employee": employee.number, "before": had, "after": None}, now)


def _by_place(awards: QuerySet[Award]) -> QuerySet[Award]:
    places = awards.filter(form=Form.PLACE).select_related("employee")
    return places.order_by("place", "employee__number")


def _place(award: Award) -> dict[str, Any]:
    of = {"division": award.division} if award.division else {}
    return {"place": award.place, "net": f"{award.net_amount} {award.currency}", **of}


def _counted(awards: QuerySet[Award]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """How many and how much, of what is for no place, by what it is for."""
    others = awards.exclude(form=Form.PLACE).order_by(*WHAT_FOR)
    counted = others.values(*WHAT_FOR).annotate(awards=Count("pk"), net=Sum("net_amount"))
    return {tuple(each[name] for name in WHAT_FOR): each for each in counted}


def _for_what(each: dict[str, Any]) -> dict[str, Any]:
    details = {"for": each["form"]}
    details |= {"place": each["place"], "department": each["department"]} if each["place"] else {}
    return details | ({"division": each["division"]} if each["division"] else {})


def _sum(each: dict[str, Any]) -> dict[str, Any]:
    return {"awards": each["awards"], "net": f"{each['net']} {each['currency']}"}


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
    if not result.campaign.prizes.exists():  # there may be tens of thousands of other shares
        return {}
    return {share.employee_id: share.place for share in shares_of(result) if share.form == Form.PLACE}
