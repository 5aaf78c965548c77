"""The console's own pages of things: where acts on them begin and lead back to."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.models import Model
from django.urls import reverse

from apps.activity.models import Delivery, QuarantinedEvent
from apps.awards.models import Award, PayrollExport
from apps.campaigns.models import Campaign
from apps.directory.models import CompanyDomain, Department, Employee, Group
from apps.integrity.models import Case, Check, Decision, Objection


def of_campaign(campaign: Campaign | None) -> str:
    """The campaign's page; of none, the list of all."""
    return reverse("console:campaign", args=[campaign.slug]) if campaign else reverse("console:overview")


def of_award(thing: Award | PayrollExport | None) -> str:
    """The page of its campaign's awards; of none, of all campaigns."""
    return (
        reverse("console:campaign-awards", args=[thing.campaign.slug]) if thing else reverse("console:awards")
    )


def _company(_thing: Model | None) -> str:
    return reverse("console:company")


def _by_key(page: str, all_of_them: str, thing: Model | None) -> str:
    return reverse(f"console:{page}", args=[thing.pk]) if thing else reverse(f"console:{all_of_them}")


HOMES: dict[type[Model], Callable[[Any], str]] = {
    Campaign: of_campaign,
    Objection: partial(_by_key, "objection", "objections"),
    Decision: partial(_by_key, "decision", "decisions"),
    Case: partial(_by_key, "case", "cases"),
    Check: partial(_by_key, "check", "checks"),
    Delivery: partial(_by_key, "delivery", "deliveries"),
    QuarantinedEvent: lambda _event: reverse("console:held"),
    Employee: partial(_by_key, "employee", "people"),
    Department: _company,
    Group: _company,
    CompanyDomain: _company,
    Award: of_award,
    PayrollExport: of_award,
}
