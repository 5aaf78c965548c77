"""Everything that is kept about one employee, for that employee, with plain names for what it is.

Left out is what others said in confidence (who objected to whose place), what was not announced, and places
of days after a freeze. No handle of a contact is kept, so none is here.
"""

from datetime import date, datetime
from typing import Any

from apps.activity.fields import Days
from apps.activity.models import Tie
from apps.awards.models import Award
from apps.campaigns.aliases import spoken
from apps.campaigns.models import Campaign
from apps.directory.models import Account, Employee, User
from apps.leaderboard.contacts import dates, days_back
from apps.leaderboard.looks import looks_at
from apps.leaderboard.own_contacts import hints
from apps.ranking.models import FixedEmployee, Standing

State = Campaign.State
Kept = dict[str, Any]


def own_data(user: User, employee: Employee, *, now: datetime) -> Kept:
    """JSON: dates as ISO 8601, money as text."""
    return {
        "made_at": now.isoformat(),
        "employee": {"number": employee.number, "name": employee.name},
        "sign_in": {"user_name": user.get_username(), "email": user.email},
        "employed": [_period(each) for each in employee.employments.order_by("starts_on")],
        "departments": [
            {"department": each.department.path} | _period(each)
            for each in employee.department_memberships.select_related("department").order_by("starts_on")
        ],
        "accounts": [
            {"messenger": each.platform, "handle": each.handle}
            for each in Account.objects.filter(owners__employee=employee).distinct().order_by("pk")
        ],
        "contacts": _contacts(employee),
        "daily_places": _places(employee),
        **_of_contests(employee),
        "looks_at_contacts": [
            {"by": look.by, "at": look.at.isoformat(), "reason": look.reason} for look in looks_at(employee)
        ],
        "never_kept": ["what was written", "names and handles of your contacts"],
    }


def _of_contests(employee: Employee) -> Kept:
    """What was chosen, won, objected to and told, campaign by campaign."""
    return {
        "contests_left": [
            {"campaign": each.campaign.slug, "since": each.left_at.isoformat()}
            for each in employee.opt_outs.select_related("campaign").order_by("pk")
        ],
        "names_on_boards": [
            {
                "campaign": each.campaign.slug,
                "shown": each.mode,
                "generated_name": spoken(each.alias) if each.alias else None,
            }
            for each in employee.appearances.select_related("campaign").order_by("pk")
        ],
        "sealed_in": sorted(
            FixedEmployee.objects.filter(employee=employee, campaign__is_rehearsal=False).values_list(
                "campaign__slug", flat=True
            )
        ),
        "prizes": [
            {
                "campaign": each.campaign.slug,
                "amount_after_tax": str(each.net_amount),
                "currency": each.currency,
            }
            for each in employee.awards.exclude(state=Award.State.PROPOSED)
            .filter(campaign__state__in=[State.FINAL, State.PAID])
            .select_related("campaign")
            .order_by("pk")
        ],
        "objections": [
            {
                "campaign": each.campaign.slug,
                "at": each.made_at.isoformat(),
                "text": each.text,
                "answer": each.answer,
            }
            for each in employee.objections.select_related("campaign").order_by("pk")
        ],
        "told": [
            {"campaign": each.campaign.slug, "at": each.at.isoformat(), "about": each.kind}
            for each in employee.notices.select_related("campaign").order_by("pk")
        ],
    }


def _period(each: Any) -> Kept:
    return {"from": each.starts_on.isoformat(), "to": each.ends_on.isoformat() if each.ends_on else None}


def _contacts(employee: Employee) -> list[Kept]:
    rows = list(
        Tie.objects.filter(employee=employee)
        .order_by("-anchor", "contact_id")
        .values_list(
            "contact_id",
            "first_date",
            "anchor",
            Days("recent_sent", "earlier_sent"),
            Days("recent_received", "earlier_received"),
        )
    )
    names = hints(row[0] for row in rows)
    return [
        {
            "hint": names.get(contact_id, ("…", ""))[0],
            "messenger": names.get(contact_id, ("…", ""))[1],
            "first_day": first.isoformat(),
            "last_day": last.isoformat(),
            "you_wrote_on": _listed(sent, last),
            "they_wrote_on": _listed(received, last),
        }
        for contact_id, first, last, sent, received in rows
    ]


def _listed(bits: str, last: date) -> list[str]:
    return [day.isoformat() for day in dates(days_back(bits, last, last), last)]


def _places(employee: Employee) -> list[Kept]:
    """Of the last ranking of each day; a place after a freeze is not told before the result is published."""
    kept = Standing.objects.filter(employee=employee, run__keep=True).exclude(
        run__campaign__is_rehearsal=True
    )
    rows = kept.exclude(run__campaign__state=State.DRAFT).exclude(run__campaign__was_voided_as_draft=True)
    columns = ("run__campaign__slug", "run__last_date", "active_contacts", "rank")
    more = ("run__as_of", "run__campaign__freeze_at", "run__campaign__state")
    return [
        {
            "campaign": slug,
            "day": day.isoformat(),
            "active_contacts": score,
            "place": None if _is_secret(as_of, freeze_at, state) else rank,
        }
        for slug, day, score, rank, as_of, freeze_at, state in rows.order_by(
            "run__campaign__slug", "run__last_date", "run_id"
        ).values_list(*columns, *more)
    ]


def _is_secret(as_of: datetime, freeze_at: datetime | None, state: str) -> bool:
    is_over = state in (State.PROVISIONAL, State.FINAL, State.PAID)
    return bool(freeze_at and as_of > freeze_at and not is_over)
