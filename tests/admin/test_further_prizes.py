"""Prizes for goals, contacts and departments on a page of the campaign."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from apps.campaigns.further import Awarding, DepartmentPrize, Further, Goal, PerContact
from apps.campaigns.models import Campaign
from apps.directory.models import Group
from tests.admin.scene import last_entry, page, sign_in
from tests.admin.test_campaigns import typed
from tests.factories import make_campaign

State = Campaign.State
pytestmark = pytest.mark.django_db


def draft(**fields: Any) -> Campaign:
    return make_campaign("100.00", state=State.DRAFT, **fields)


def filled(**other: Any) -> dict[str, Any]:
    return {
        "goal_contacts": "",
        "goal_amount": "",
        "contact_amount": "",
        "contact_most": "",
        "department_amount": "",
        "department_level": "0",
        "department_members": "10",
        "currency": "CNY",
        "tie_break": "conversation days",
        "equals": "share",
        "per_person": "several",
        "employed_at": "deadline",
    } | other


def address(campaign: Campaign) -> str:
    return page("campaigns_campaign_further_prizes", campaign.pk)


def test_everything_the_form_can_say(client: Client) -> None:
    sign_in(client, "HR")
    for name in ("Board", "Back office"):
        Group.objects.create(name=name)
    campaign = draft()
    answers = filled(
        goal_contacts="100",
        goal_amount="500.00",
        goal_exempt=["Back office"],
        contact_amount="10.00",
        contact_most="50",
        department_amount="20000.00",
        department_level="1",
        equals="all",
        excluded_groups=["Board"],
    )
    said = client.post(address(campaign), answers, follow=True).content.decode()
    assert "Everybody with at least 100 active contacts" in said
    campaign.refresh_from_db()
    assert Further.of(campaign.further) == Further(
        goals=(Goal(100, Decimal(500), "CNY", pro_rata=False, exempt_groups=("Back office",)),),
        per_contact=PerContact(Decimal(10), 50),
        departments=(DepartmentPrize(1, Decimal(20000)),),
    )
    assert Awarding.of(campaign.awarding) == Awarding(
        equals="all", excluded_groups=("Board",), department_level=1
    )
    assert last_entry().action == "campaign changed"
    shown = client.get(address(campaign)).context["form"].initial
    assert (shown["goal_contacts"], shown["contact_most"], shown["equals"]) == (100, 50, "all")


def test_an_empty_form_is_a_campaign_as_usual(client: Client) -> None:
    sign_in(client, "HR")
    campaign = draft(awarding={"equals": "all"}, further=Further(goals=(Goal(5, Decimal(1)),)).as_json())
    client.post(address(campaign), filled())
    campaign.refresh_from_db()
    assert (campaign.further, campaign.awarding) == ({}, {})


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ({"goal_contacts": "5"}, "Fill in both fields of this prize, or neither."),
        ({"contact_amount": "5"}, "Fill in both fields of this prize, or neither."),
        ({"goal_contacts": "5", "goal_amount": "0"}, "goals.net_amount: 0 is no prize"),
        ({"goal_contacts": "5", "goal_amount": "1", "currency": "EUR"}, "all prizes need one currency"),
        ({"department_members": "9"}, "greater than or equal to 10"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_saved(client: Client, answers: dict[str, str], why: str) -> None:
    sign_in(client, "HR")
    campaign = draft()
    assert why in client.post(address(campaign), filled(**answers)).content.decode()
    campaign.refresh_from_db()
    assert (campaign.further, campaign.awarding) == ({}, {})


def test_once_begun_the_page_is_closed(client: Client) -> None:
    sign_in(client, "HR")
    campaign = make_campaign("100.00")
    assert client.post(address(campaign), filled(equals="all")).status_code == 302
    campaign.refresh_from_db()
    assert campaign.awarding == {}


def test_more_than_the_form_can_show_is_left_to_the_file(client: Client) -> None:
    sign_in(client, "HR")
    goals = (Goal(5, Decimal(1)), Goal(6, Decimal(2)))
    campaign = draft(further=Further(goals=goals).as_json())
    assert client.get(address(campaign)).status_code == 302


def test_saving_the_campaign_itself_keeps_its_further_prizes(client: Client) -> None:
    sign_in(client, "HR")
    client.post(page("campaigns_campaign_add"), typed(**{"prizes-0-min_score": "7"}))
    campaign = Campaign.objects.get()
    client.post(address(campaign), filled(goal_contacts="100", goal_amount="500.00", equals="all"))
    prize = campaign.prizes.get()
    again = {
        "prizes-INITIAL_FORMS": "1",
        "prizes-0-id": str(prize.pk),
        "prizes-0-campaign": str(campaign.pk),
        "prizes-0-min_score": "7",
    }
    answer = client.post(page("campaigns_campaign_change", campaign.pk), typed(grace_hours="48", **again))
    assert answer.status_code == 302
    campaign.refresh_from_db()
    assert campaign.grace_hours == 48
    assert len(Further.of(campaign.further).goals) == 1
    assert Awarding.of(campaign.awarding).equals == "all"
    assert campaign.prizes.get().min_score == 7


@pytest.mark.parametrize(("role", "status"), [("HR", 200), ("auditor", 403), ("administrator", 403)])
def test_who_may(client: Client, role: str, status: int) -> None:
    campaign = draft()
    sign_in(client, role)
    assert client.get(address(campaign)).status_code == status
    if status == 403:
        assert client.post(address(campaign), filled(equals="all")).status_code == 403
