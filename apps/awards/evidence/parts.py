"""What a bundle holds of approvals, awards and tax."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Min
from django.utils import translation

from apps.awards.models import Approval, Award, PrizeFacts
from apps.awards.prizes.sources import campaign_dates
from apps.awards.tax.schedules import Schedule, ScheduleRefused, schedule
from apps.awards.tax.solver import GrossUp, NetRefused, gross_for
from apps.awards.tax.steps import steps
from apps.campaigns.announcement import Announcement
from apps.campaigns.models import Campaign
from apps.integrity.evidence.parts import instant
from apps.ranking.models import FixedEmployee
from bonus_tracker.clock import company_zone

Row = Any
SCHEDULE = "cn-comprehensive-income"  # unless payroll says otherwise
LANGUAGES = ("en", "zh-hans")


def approvals(campaign: Campaign) -> Iterator[Row]:
    given = Approval.objects.filter(result__campaign=campaign).select_related("result", "approver")
    for approval in given.order_by("result__version", "at", "approver__username"):
        yield {
            "version": approval.result.version,
            "approver": approval.approver.get_username(),
            "at": instant(approval.at),
        }


def awards(campaign: Campaign) -> Iterator[Row]:
    """By the numbers that were sealed: they may have been corrected since."""
    numbers = dict(FixedEmployee.objects.filter(campaign=campaign).values_list("employee_id", "number"))
    given = campaign.awards.select_related("employee", "result")
    order = ("result__version", "form", "division", "place", "department", "contacts", "employee__number")
    for award in given.order_by(*order):
        yield {
            "version": award.result.version,
            "employee": numbers.get(award.employee_id, award.employee.number),
            "form": award.form,
            "place": award.place,
            "contacts": award.contacts,
            "department": award.department,
            "shared_by": award.shared_by,
            "net": str(award.net_amount),
            "currency": award.currency,
            "state": award.state,
        } | ({"division": award.division} if award.division else {})


def promised(campaign: Campaign) -> Row:
    """What is promised, as values; the rule says it in words. Days are the campaign's first and last."""
    announced = Announcement.of(campaign)
    first, last = campaign_dates(campaign)
    further = announced.further
    return {
        "prizes": [
            _money(each) | {"place": each.place, "min_score": each.min_score, "division": each.division}
            for each in announced.prizes
        ],
        "goals": [
            _money(goal)
            | {
                "contacts": goal.contacts,
                "pro_rata": goal.pro_rata,
                "exempt_groups": list(goal.exempt_groups),
            }
            | _division(goal)
            for goal in further.goals
        ],
        "per_contact": [
            _money(each) | {"most": each.most} | _division(each) for each in further.each_contact
        ],
        "department_prizes": [
            _money(each) | {"place": each.place} | _division(each) for each in further.departments
        ],
        "first_day": first.isoformat(),
        "last_day": last.isoformat(),
    }


def _money(prize: Any) -> Row:
    return {"net": f"{prize.net_amount:.2f}", "currency": prize.currency}


def _division(prize: Any) -> Row:
    return {"division": prize.division} if prize.division else {}


def prize_facts(campaign: Campaign) -> Iterator[Row]:
    """[row, number, department, groups, days employed, is employed]; hashed when they were fixed, in this order."""
    numbers = dict(FixedEmployee.objects.filter(campaign=campaign).values_list("employee_id", "number"))
    fixed = PrizeFacts.objects.filter(campaign=campaign).order_by("employee_id")
    for each in fixed:
        facts = [each.department, sorted(each.groups), each.days_employed, each.is_employed]
        yield [each.employee_id, numbers[each.employee_id], *facts]


def schedule_used() -> Schedule:
    return schedule(SCHEDULE)


def tax(campaign: Campaign) -> Iterator[Row]:
    """An estimate for each net amount that was promised, written out; on the day it was proposed."""
    known = schedule_used()
    promised = Award.objects.filter(campaign=campaign, currency=known.currency)
    first = promised.values("net_amount").annotate(since=Min("created_at")).order_by("net_amount")
    for net, since in first.values_list("net_amount", "since"):
        with translation.override("en"):
            yield {"net": str(net)} | _estimate(net, known, since.astimezone(company_zone()).date())


def _estimate(net: Decimal, known: Schedule, paid_on: date) -> Row:
    try:
        found = gross_for(net, known, paid_on=paid_on)
    except (ScheduleRefused, NetRefused) as error:
        return {"problem": str(error)}
    return {
        "gross": str(found.gross),
        "tax": str(found.tax),
        "paid_on": str(found.paid_on),
        "schedule": known.id,
        "schedule_sha256": known.sha256,
        "steps": {language: _steps(found, language) for language in LANGUAGES},
    }


def _steps(found: GrossUp, language: str) -> list[str]:
    with translation.override(language):
        return steps(found)
