"""What a bundle holds of the input, the versions of the result, and the decisions about them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import Prefetch

from apps.audit.models import Entry
from apps.campaigns.announcement import Announcement
from apps.campaigns.models import Campaign
from apps.campaigns.services import plain
from apps.integrity.decisions import said_of
from apps.integrity.models import Check, Decision, FinalResult, Tick
from apps.integrity.recount import days_as_number, fixed_ties
from apps.ranking.models import FixedContact, FixedEmployee, FixedSource, Result
from apps.ranking.sealing import header, source_claim

Row = Any


def instant(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="microseconds") if at else None


def announced(campaign: Campaign) -> dict[str, Any]:
    """Every key of the campaign's file, written as the audit log writes it."""
    return {key: plain(value) for key, value in Announcement.of(campaign).keys().items()}


def rules_sheets(campaign: Campaign) -> Iterator[Row]:
    """What employees read, in every language; the oldest first."""
    return campaign.rules_sheets.order_by("version").values_list("content", flat=True).iterator()


def employees(campaign: Campaign) -> Iterator[Row]:
    """(number, days employed, ties, number of the division or None, what they belong to or None), by number."""
    fixed = FixedEmployee.objects.filter(campaign=campaign).order_by("number")
    grouped = groupby(fixed_ties(campaign.pk), key=lambda tie: tie[0])
    waiting = next(grouped, None)
    columns = ("number", "employed_days", "division", "belongs")
    for number, employed, division, belongs in fixed.values_list(*columns):
        ties = []
        if waiting is not None and waiting[0] == number:
            ties = [
                [contact, f"{sent:x}", f"{received:x}", *([handed] if handed else [])]
                for _, contact, sent, received, handed in waiting[1]
            ]
            waiting = next(grouped, None)
        days = None if employed is None else f"{days_as_number(employed):x}"
        yield [number, days, ties, division if campaign.divisions else None, belongs]


def contacts(campaign: Campaign) -> Iterator[Row]:
    fixed = FixedContact.objects.filter(campaign=campaign).order_by("contact_id")
    for contact, person, days in fixed.values_list("contact_id", "person_id", "outside_days").iterator():
        yield [str(contact), None if person is None else str(person), f"{days_as_number(days):x}"]


def sources(campaign: Campaign) -> Iterator[Row]:
    fixed = FixedSource.objects.filter(campaign=campaign).select_related("source")
    return (source_claim(each) for each in fixed.order_by("source__name"))


def versions(campaign: Campaign) -> list[Result]:
    return list(campaign.results.select_related("run").order_by("version"))


def said_of_version(result: Result, root: str) -> Row:
    return header(result) | {"sha256": result.sha256, "sealed_at": instant(result.sealed_at), "root": root}


PARTICIPANTS = """
    SELECT number, rank, coalesce(active_contacts, 0), coalesce(conversation_days, 0), fixed.division
    FROM ranking_fixedemployee AS fixed LEFT JOIN ranking_standing AS standing
        ON standing.employee_id = fixed.employee_id AND standing.run_id = %s
    WHERE campaign_id = %s ORDER BY rank IS NULL, standing.division, rank, number
"""


def places(result: Result) -> Iterator[Row]:
    """Everybody's line of a version: the ranked in their order, then those with no active contact.

    With divisions, one after the other, each line with the number of its division.
    """
    names = ["employee", "rank", "active_contacts", "conversation_days"]
    if result.campaign.divisions:
        names.append("division")
    with connection.cursor() as cursor:
        cursor.execute(PARTICIPANTS, [result.run_id, result.campaign_id])
        for row in cursor:
            yield dict(zip(names, row, strict=False))


def decisions(campaign: Campaign) -> Iterator[Row]:
    people = (
        "proposed_by",
        "confirmed_by",
        "rejected_by",
        "employee",
        "undoes",
        "objection",
        "source",
        "result",
    )
    for decision in campaign.decisions.select_related(*people).order_by("number"):
        yield {
            "number": decision.number,
            "said": said_of(decision) | _hash_of_emptied(decision),
            "proposed_by": decision.proposed_by.get_username(),
            "proposed_at": instant(decision.proposed_at),
            "confirmed_by": decision.confirmed_by.get_username() if decision.confirmed_by else None,
            "confirmed_at": instant(decision.confirmed_at),
            "rejected_by": decision.rejected_by.get_username() if decision.rejected_by else None,
            "rejected_at": instant(decision.rejected_at),
            "version": decision.result.version if decision.result else None,
        }


def _hash_of_emptied(decision: Decision) -> dict[str, Any]:
    """Evidence may be emptied at somebody's wish; the log has its hash."""
    if decision.evidence:
        return {}
    proposed = Entry.objects.about(f"campaign {decision.campaign.slug}").filter(action="decision proposed")
    logged = proposed.filter(details__decision=decision.number).first()
    return {"evidence sha256": logged.details["evidence sha256"]} if logged else {}


def objections(campaign: Campaign) -> Iterator[Row]:
    """Without their words, and of those made in confidence without who made them."""
    for objection in campaign.objections.select_related("employee", "answered_by").order_by("number"):
        own = objection.about == objection.About.OWN_COUNT
        yield {
            "number": objection.number,
            "about": objection.about,
            "employee": objection.employee.number if own else None,
            "contacts_claimed": objection.contacts_claimed,
            "made_at": instant(objection.made_at),
            "state": objection.state,
            "answered_by": objection.answered_by.get_username() if objection.answered_by else None,
            "answered_at": instant(objection.answered_at),
        }


def checks(campaign: Campaign) -> Iterator[Row]:
    """Whose contacts were drawn, in their order, whether they were named, and what each reviewer found."""
    drawn = Check.objects.filter(result__campaign=campaign).select_related("result", "employee")
    for check in drawn.order_by("result__version", "employee__number"):
        ticks = Prefetch("ticks", Tick.objects.order_by("pk").select_related("reviewer"))
        yield {
            "version": check.result.version,
            "employee": check.employee.number,
            "population": check.population,
            "margin": check.margin,
            "size": check.size,
            "full": check.is_full,
            "contacts": [
                [
                    str(item.contact_id),
                    item.matched_at is not None,
                    [[tick.reviewer.get_username(), tick.how] for tick in item.ticks.all()],
                ]
                for item in check.items.order_by("position").prefetch_related(ticks)
            ],
        }


def final_version(campaign: Campaign) -> int | None:
    final = FinalResult.objects.filter(campaign=campaign).select_related("result").first()
    return final.result.version if final else None
