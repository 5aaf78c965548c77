"""How the campaigns stand, and what is wrong, at a glance."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.activity.models import Delivery, Derivation, QuarantinedEvent, Source
from apps.audit.models import Verification
from apps.awards.due import tick
from apps.awards.models import Pulse
from apps.campaigns.models import Campaign
from apps.console.monitor import alarms as module
from apps.console.monitor.alarms import DANGER, alarms
from apps.console.monitor.cards import Card, cards
from bonus_tracker import clock
from tests.admin.scene import Scene
from tests.console.growing import add_more, cost
from tests.factories import make_board, make_campaign, make_employee, make_run
from tests.leaderboard.scene import NOW, TODAY, make_contest, make_member

pytestmark = pytest.mark.django_db
State = Campaign.State
FAR = NOW + timedelta(days=2000)


@pytest.fixture(autouse=True)
def _now() -> object:
    with clock.showing(NOW):
        yield


def texts(*, may: bool = True) -> list[str]:
    return [str(alarm.text) for alarm in alarms(lambda _permission: may, now=NOW)]


def of(campaign: Campaign) -> Card:
    everything = [card for part in cards(now=NOW) for card in part]
    return next(card for card in everything if card.campaign == campaign)


def signed_in(role: str = "HR") -> Client:
    client = Client()
    client.force_login(make_member(role))
    return client


def overview(**query: str) -> str:
    return signed_in().get(reverse("console:overview"), query).content.decode()


def test_a_running_campaign_says_its_deadline_participants_and_leader() -> None:
    card = of(make_contest([9, 4, 4]).campaign)
    assert (card.participants, card.leader, card.health[0], card.is_wrong) == (3, 9, "good", False)
    assert card.coming is not None
    assert (card.coming.words, card.coming.at) == ("the deadline", card.campaign.deadline)


@pytest.mark.parametrize(
    ("hours", "left"),
    [
        (73, "3 days"),
        (24 * 1000, "1000 days"),
        (50, "2 days, 2 hours"),
        (24, "1 day"),
        (2.75, "2 hours, 45 minutes"),
        (0.001, "1 minute"),
    ],
)
def test_what_is_left_is_said_in_days_until_the_last_ones(hours: float, left: str) -> None:
    campaign = make_campaign(state=State.SCHEDULED, starts_at=NOW + timedelta(hours=hours), deadline=FAR)
    assert of(campaign).left == left


def test_before_the_freeze_the_freeze_comes_next() -> None:
    freeze = NOW + timedelta(days=2)
    card = of(make_campaign(freeze_at=freeze))
    assert card.coming is not None
    assert card.coming.at == freeze


def test_a_campaign_that_was_never_ranked_is_wrong_and_has_no_figures() -> None:
    card = of(make_campaign())
    assert (card.is_wrong, card.participants, card.leader) == (True, None, None)


def test_what_is_wrong_comes_before_what_ends_earlier() -> None:
    fine, never_ranked = make_contest([1]).campaign, make_campaign(deadline=FAR)
    assert [(card.campaign, card.is_wrong) for card in cards(now=NOW).open] == [
        (never_ranked, True),
        (fine, False),
    ]


def test_campaigns_are_sorted_by_what_they_are() -> None:
    wanted = {
        "open": make_campaign(),
        "drafts": make_campaign(state=State.DRAFT),
        "rehearsals": make_campaign(is_rehearsal=True, state=State.PROVISIONAL),
        "past": make_campaign(state=State.VOID, void_reason="r"),
    }
    assert {name: [card.campaign for card in part] for name, part in cards(now=NOW)._asdict().items()} == {
        name: [campaign] for name, campaign in wanted.items()
    }


def test_what_ends_first_comes_first() -> None:
    late, early = make_campaign(), make_campaign(deadline=NOW + timedelta(days=1))
    assert [card.campaign for card in cards(now=NOW).open] == [early, late]


def test_without_a_tick_the_regular_work_never_ran() -> None:
    assert "has never run" in texts()[0]


@pytest.mark.parametrize(("minutes", "is_wrong"), [(0, False), (5, False), (6, True)])
def test_regular_work_that_stopped_shows_after_five_minutes(minutes: int, is_wrong: bool) -> None:
    tick(now=NOW - timedelta(minutes=minutes))
    assert any("has stopped" in text for text in texts()) == is_wrong


def test_where_the_clock_runs_faster_the_regular_work_may_be_further_behind_by_it(
    settings: Any,
) -> None:
    tick(now=NOW - timedelta(minutes=6))
    settings.CLOCK = f"{NOW.isoformat()}@{NOW.timestamp()}x100"
    assert not any("has stopped" in text for text in texts())


def test_a_tick_that_fails_in_part_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> str:
        raise RuntimeError("out of order")

    make_campaign()
    monkeypatch.setattr("apps.awards.due.STEPS", [(State.RUNNING, fail)])
    with pytest.raises(RuntimeError):
        tick(now=NOW)
    assert texts() == ["1 thing that is due could not be done."]
    monkeypatch.undo()
    tick(now=NOW)
    assert texts() == []


def test_there_is_one_pulse_however_many_tick() -> None:
    for n in range(3):
        tick(now=NOW - timedelta(minutes=n))
    assert Pulse.objects.count() == 1


def test_a_log_that_does_not_hold_or_was_not_checked_is_wrong() -> None:
    tick(now=NOW)
    Verification.objects.create(at=NOW - timedelta(days=3), count=1, head="")
    assert [text for text in texts() if "was last checked" in text]
    Verification.objects.create(at=NOW, count=1, head="", problem="entry 2 differs")
    assert texts() == ["The audit log does not hold: entry 2 differs."]


@pytest.mark.parametrize(
    ("lag", "hours", "is_wrong"), [(None, 47, False), (None, 49, True), (60, 24, False), (60, 26, True)]
)
def test_a_silent_source_shows_while_something_is_counted(
    lag: int | None, hours: int, is_wrong: bool
) -> None:
    tick(now=NOW)
    Source.objects.create(
        name="chat",
        platform="im",
        created_at=NOW,
        complete_until=NOW - timedelta(hours=hours),
        lag_minutes=lag,
    )
    assert texts() == []
    make_contest([1])
    assert any("Source chat" in text for text in texts()) == is_wrong


def test_after_the_last_deadline_nobody_waits_for_a_source_that_has_reached_it() -> None:
    tick(now=NOW)
    reached = NOW - timedelta(hours=60)
    source = Source.objects.create(name="chat", platform="im", created_at=NOW, complete_until=reached)
    campaign = make_campaign(state="settling", starts_at=reached - timedelta(days=9), deadline=reached)
    assert not any("Source chat" in text for text in texts())
    Source.objects.filter(pk=source.pk).update(complete_until=reached - timedelta(minutes=1))
    assert any("Source chat" in text for text in texts())
    Campaign.objects.filter(pk=campaign.pk).update(state="provisional")
    assert not any("Source chat" in text for text in texts())


def test_what_is_held_read_for_long_or_owed_shows() -> None:
    tick(now=NOW)
    source = Source.objects.create(name="chat", platform="im", created_at=NOW)
    delivery = Delivery.objects.create(source=source, actor="t", received_at=NOW - timedelta(hours=2))
    QuarantinedEvent.objects.create(delivery=delivery, line=1, reason="late")
    Derivation.objects.create(subject="s", owed_since=NOW - timedelta(hours=1), parts=[1, 2], done=1)
    assert [text.split()[0] for text in texts()] == ["1", "1", "Counts"]
    assert "50% are done" in texts()[2]


def test_a_late_step_names_its_campaign() -> None:
    tick(now=NOW)
    campaign = make_campaign(deadline=NOW - timedelta(seconds=1))
    assert texts() == [f"1 campaign is due for its next step: {campaign}."]


def test_nobody_hears_of_what_they_may_not_see() -> None:
    tick(now=NOW)
    Verification.objects.create(at=NOW, count=1, head="", problem="entry 2 differs")
    assert texts(may=False) == []


def test_what_is_dangerous_comes_first() -> None:
    make_campaign(deadline=NOW - timedelta(seconds=1))
    tones = [alarm.tone for alarm in alarms(lambda _permission: True, now=NOW)]
    assert tones == [DANGER, module.WARNING]


def test_before_the_first_contest_the_page_leads_to_the_first_steps() -> None:
    address = reverse("console:first-steps")
    assert overview().count(address) == 2  # the sidebar's and the page's
    assert "No campaign is announced" not in overview()
    make_contest([3])
    assert "No campaign is announced" not in overview()
    Campaign.objects.update(state=State.VOID, void_reason="r")
    assert "No campaign is announced" in overview()


def test_an_administrator_sees_what_is_wrong_and_no_campaign() -> None:
    campaign = make_contest([3]).campaign
    html = signed_in("administrator").get(reverse("console:overview")).content.decode()
    assert str(campaign) not in html
    assert "has never run" in html


def test_a_page_that_shows_the_newest_gets_nothing() -> None:
    tick(now=NOW)
    client, address = signed_in(), reverse("console:overview")
    shown = client.get(address).context["version"]
    assert client.get(address, {"version": shown}).status_code == 204
    campaign = make_campaign()
    make_board(campaign, make_run(campaign, {make_employee(): 1}, last_date=TODAY))
    assert client.get(address, {"version": shown}).status_code == 200


def test_what_does_not_fit_on_the_overview_is_counted(ended: Scene, client: Client) -> None:
    client.force_login(make_member("HR"))
    add_more(ended, 30)
    page = client.get(reverse("console:overview"))
    assert page.content.decode().count('<div class="what">') == 5
    waiting = 3 * 31 + 2  # objections, decisions and cases, and two reasons why messages are held back
    assert f"{waiting - 5} more in the inbox" in page.content.decode()


@pytest.mark.parametrize("size", [1, 4])
def test_the_overview_costs_the_same_queries_at_any_size(size: int) -> None:
    tick(now=NOW)
    for n in range(size):
        make_contest([5, 3])
        make_campaign(state=State.DRAFT)
        make_campaign(state=State.VOID, void_reason="r")
        Source.objects.create(name=f"chat{n}", platform="im", created_at=NOW, complete_until=NOW)
    client = signed_in()
    assert cost(client, reverse("console:overview")) == 26
