"""Divisions on pages of the administration: filled in, told, shown, and given prizes."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.campaigns.divisions import divisions_of
from apps.campaigns.models import Campaign
from bonus_tracker import clock
from tests.admin.scene import last_entry, page, sign_in
from tests.console.forms import sent
from tests.divisions import REST, SALES, make_divided_campaign
from tests.factories import make_campaign, make_department

State = Campaign.State
pytestmark = pytest.mark.django_db
FILLED = {
    "key_1": "sales",
    "name_en_1": "Sales",
    "name_zh_1": "销售",
    "departments_1": ["Sales"],
    "key_2": "rest",
    "name_en_2": "Everybody else",
    "name_zh_2": "其他同事",
}


@pytest.fixture(autouse=True)
def _sales() -> None:
    make_department("Sales")


def address(campaign: Campaign) -> str:
    return page("campaigns_campaign_divisions", campaign.pk)


def test_divisions_are_filled_in_and_prizes_without_one_go_to_the_first(client: Client) -> None:
    sign_in(client, "HR")
    campaign = make_campaign("100.00", "50.00", state=State.DRAFT)
    assert client.get(address(campaign)).status_code == 200
    assert client.post(address(campaign), FILLED).status_code == 302
    campaign.refresh_from_db()
    assert divisions_of(campaign) == (SALES, REST)
    assert [str(prize) for prize in campaign.prizes.all()] == ["sales 1: 100.00 CNY", "sales 2: 50.00 CNY"]
    assert campaign.state == State.DRAFT
    assert last_entry().details["changes"]["divisions"] == [[], [SALES.as_json(), REST.as_json()]]
    form = client.get(address(campaign)).content.decode()
    assert "Sales: whoever belongs to Sales." in form
    assert 'value="销售"' in form


def test_emptied_rows_give_divisions_up(client: Client) -> None:
    sign_in(client, "HR")
    campaign = make_divided_campaign({"sales": ["100.00"]}, state=State.DRAFT)
    assert client.post(address(campaign), {}).status_code == 302
    campaign.refresh_from_db()
    assert campaign.divisions == []
    assert [str(prize) for prize in campaign.prizes.all()] == ["1: 100.00 CNY"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"key_1": "Sales!"}, "is no key"),
        ({"departments_1": []}, "names nobody"),
        ({"name_en_1": "", "name_zh_1": ""}, "has no name"),
        ({"key_2": ""}, "from 2 to 20"),
        ({"departments_2": ["Sales"]}, "the last division"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_saved(
    client: Client, changed: dict[str, Any], said: str
) -> None:
    sign_in(client, "HR")
    campaign = make_campaign("100.00", state=State.DRAFT)
    answer = client.post(address(campaign), FILLED | changed)
    assert said in " ".join(answer.context["form"].non_field_errors())
    campaign.refresh_from_db()
    assert campaign.divisions == []


def test_prizes_of_two_divisions_for_one_place_are_not_made_one(client: Client) -> None:
    sign_in(client, "HR")
    campaign = make_divided_campaign(state=State.DRAFT)
    answer = client.post(address(campaign), {})
    assert "place 1 has more than one prize" in " ".join(answer.context["form"].non_field_errors())


@pytest.mark.parametrize(
    ("role", "status"),
    [("HR", 200), ("superuser", 200), ("auditor", 403), ("administrator", 403), ("employee", 302)],
)
def test_hr_alone_may_change_them(client: Client, role: str, status: int) -> None:
    campaign = make_campaign(state=State.DRAFT)
    sign_in(client, role)
    assert client.get(address(campaign)).status_code == status


def test_they_stay_once_the_campaign_has_begun(client: Client) -> None:
    sign_in(client, "HR")
    campaign = make_divided_campaign()
    client.post(address(campaign), FILLED | {"name_en_1": "Sellers"})
    campaign.refresh_from_db()
    assert divisions_of(campaign) == (SALES, REST)
    assert (
        "Sales: whoever belongs to Sales."
        in client.get(page("campaigns_campaign_change", campaign.pk)).content.decode()
    )


def test_the_form_keeps_divisions_and_gives_each_prize_its_own(client: Client) -> None:
    sign_in(client, "HR")
    campaign = make_campaign("100.00", state=State.DRAFT, slug="year-end")
    client.post(address(campaign), FILLED)
    edit = "/console/campaigns/year-end/edit/"

    def change(**other: str) -> Any:
        with timezone.override(clock.company_zone()):  # as during a request
            context = client.get(edit).context
            shown = sent(context["form"]) | {"seen": context["seen"], "act": "save"}
        return client.post(edit, shown | other)

    assert change(**{"prizes-0-division": "rest"}).status_code == 302
    campaign.refresh_from_db()
    assert divisions_of(campaign) == (SALES, REST)
    assert [prize.division for prize in campaign.prizes.all()] == ["rest"]
    another = {"prizes-1-place": "1", "prizes-1-net_amount": "5.00"}
    refused = change(**another, **{"prizes-1-division": "rest"})
    assert "more than one prize" in " ".join(refused.context["form"].tables["prizes"].problems)
    assert change(**another, **{"prizes-1-division": "sales"}).status_code == 302
    assert sorted(map(str, campaign.prizes.all())) == ["rest 1: 100.00 CNY", "sales 1: 5.00 CNY"]
