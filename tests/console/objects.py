"""What the console has pages about, made when a test asks for its address."""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from apps.activity.models import Delivery, Source
from apps.audit.services import record
from apps.campaigns.models import Campaign
from apps.integrity.models import Case, Check, Decision, Objection
from apps.jobs.models import Job
from apps.ranking.models import Run
from apps.sources.uploads import CHECK
from tests.factories import make_result, make_user
from tests.leaderboard.scene import NOW, Contest


def an_objection(contest: Contest) -> dict[str, Any]:
    made = Objection.objects.create(
        campaign=contest.campaign,
        number=1,
        employee=contest.employees[0],
        about=Objection.About.OWN_COUNT,
        contacts_claimed=1,
        text="one is missing",
        made_at=NOW,
    )
    return {"key": made.pk}


def a_decision(contest: Contest) -> dict[str, Any]:
    made = Decision.objects.create(
        campaign=contest.campaign,
        number=1,
        kind=Decision.Kind.EXCLUSION,
        employee=contest.employees[0],
        reason="on the board",
        evidence="its minutes",
        proposed_by=make_user(),
        proposed_at=NOW,
    )
    return {"key": made.pk}


def a_case(contest: Contest) -> dict[str, Any]:
    made = Case.objects.create(
        campaign=contest.campaign,
        employee=contest.employees[0],
        reason="a late burst",
        opened_by="hr",
        opened_at=NOW,
    )
    return {"key": made.pk}


def a_check(contest: Contest) -> dict[str, Any]:
    Campaign.objects.filter(pk=contest.campaign.pk).update(state=Campaign.State.SETTLING)
    result = make_result(contest.campaign, Run.objects.filter(campaign=contest.campaign)[0], sealed_at=NOW)
    made = Check.objects.create(
        result=result, employee=contest.employees[0], population=9, margin=1, size=9, drawn_at=NOW
    )
    return {"key": made.pk}


def a_delivery(contest: Contest) -> dict[str, Any]:
    source = Source.objects.create(name="chat", platform="im", created_at=NOW, complete_until=NOW)
    made = Delivery.objects.create(source=source, actor="hr", received_at=NOW, name="chat.csv")
    return {"key": made.pk}


def an_upload(contest: Contest) -> dict[str, Any]:
    asked = {"source": "chat", "platform": None, "covers": None, "file_name": "chat.csv"}
    made = Job.objects.create(
        kind=CHECK, about="upload 1", asked=asked, asked_by="olga", asked_at=NOW, language="en"
    )
    return {"key": made.pk}


def an_entry(contest: Contest) -> dict[str, Any]:
    with transaction.atomic():
        entry = record("campaign changed", actor="hr", subject=f"campaign {contest.campaign.slug}", at=NOW)
    return {"number": entry.number}


OBJECTS: dict[str, Callable[[Contest], dict[str, Any]]] = {
    "objection": an_objection,
    "decision": a_decision,
    "case": a_case,
    "check": a_check,
    "delivery": a_delivery,
    "upload": an_upload,
    "employee": lambda contest: {"key": contest.employees[0].pk},
    "log-entry": an_entry,
}


def values_of(name: str, contest: Contest) -> dict[str, Any]:
    """What stands in the address of a page."""
    values = {"slug": contest.campaign.slug}
    return values | (OBJECTS[name](contest) if name in OBJECTS else {})
