"""What a campaign's rule would amount to, beside another rule, before anybody is held to it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from redis.exceptions import ConnectionError as RedisGone

from apps.audit.models import Entry
from apps.awards.prizes.budget import budget
from apps.campaigns.further import DepartmentPrize, Further, Goal, PerContact
from apps.campaigns.models import Campaign
from apps.campaigns.presets import EVERYONE_CAN, NEW_PEOPLE, PRESETS, STEADY, WHOLE_CAMPAIGN
from apps.campaigns.rule import Rule
from apps.console.guide.forms import OWN_NUMBERS
from apps.console.preview.period import period
from apps.ranking import tasks, what_if, what_ifs
from apps.ranking.models import WhatIf
from apps.ranking.services import refresh, standings
from bonus_tracker import clock
from tests.console.forms import sent
from tests.console.growing import cost
from tests.factories import make_campaign, make_employee, make_user
from tests.faults.scenes import NOW, TALK_DAYS, deliver, handle_of, talk
from tests.leaderboard.scene import make_member

pytestmark = pytest.mark.django_db(transaction=True)
EMPLOYEES = 4
RULES = [Rule(), PRESETS[EVERYONE_CAN], PRESETS[NEW_PEOPLE], Rule(window_days=None), Rule(window_days=3)]


@pytest.fixture(autouse=True)
def _present(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(tasks.answer_what_if, "delay", lambda *_args, **_options: None)
    with clock.showing(NOW):
        yield


@pytest.fixture
def hr() -> Client:
    client = Client()
    client.force_login(make_member("HR"))
    return client


@pytest.fixture
def history() -> None:
    """Of employees of whom each has one contact more than the one before, and as many of two days."""
    for n in range(EMPLOYEES):
        handle = handle_of(make_employee())
        deliver(talk(handle, [f"steady-{n}-{k}@out.example" for k in range(n)]))
        deliver(talk(handle, [f"twice-{n}-{k}@out.example" for k in range(n)], TALK_DAYS[:2]))


def to_come(**values: Any) -> Campaign:
    """Of thirty days that begin in ten."""
    begins = clock.now().replace(hour=16, minute=0, second=0, microsecond=0) + timedelta(days=10)
    dates = {"starts_at": begins, "deadline": begins + timedelta(days=30)}
    return make_campaign(state="draft", **dates | values)


def address(campaign: Campaign) -> str:
    return f"/console/campaigns/{campaign.slug}/preview/"


def answer_all() -> None:
    for pk in what_ifs.unanswered():
        assert what_ifs.answer(pk)


def choose(hr: Client, campaign: Campaign, **values: Any) -> Any:
    fields = sent(hr.get(address(campaign)).context["form"])
    return hr.post(address(campaign), fields | {"act": "compare"} | values)


def figures_of(campaign: Campaign, rule: Rule) -> dict[str, Any]:
    [question] = campaign.what_ifs.filter(rule=rule.as_dict())
    assert question.figures is not None
    return question.figures


def test_the_figures_are_those_of_the_live_ranking(hr: Client, history: None) -> None:
    campaign = make_campaign()
    run = refresh(campaign, now=NOW)
    assert run
    hr.post(address(campaign), {"act": "own"})
    answer_all()
    assert figures_of(campaign, Rule.of(campaign)) == what_if.as_json(what_if.figures_of(run))
    shown = hr.get(address(campaign))
    [side] = shown.context["answered"]
    assert str(side.kind) == "Steady"
    assert all(place.name for place in side.top)
    assert [(place.rank, place.active_contacts) for place in side.top] == [(1, 3), (2, 2), (3, 1)]
    assert (side.figures["counted"], side.percent) == (3, 75)
    assert side.question.starts_at is None


@pytest.mark.parametrize("rule", RULES)
def test_what_is_to_come_is_counted_as_a_campaign_that_began_then(
    hr: Client, history: None, rule: Rule
) -> None:
    """A real campaign with that start has the same standings."""
    campaign = to_come(**rule.as_dict())
    days = period(campaign, now=NOW)
    assert days.starts_at is not None
    hr.post(address(campaign), {"act": "own"})
    answer_all()
    real = make_campaign(starts_at=days.starts_at, deadline=days.as_of, **rule.as_dict())
    rows = standings(real, as_of=days.as_of, rule=rule)
    scores = Counter(max(low for low in what_if.BINS if low <= row.active_contacts) for row in rows)
    assert figures_of(campaign, rule) == {
        "participants": EMPLOYEES,
        "counted": len(rows),
        "active_contacts": sum(row.active_contacts for row in rows),
        "histogram": [[0, EMPLOYEES - len(rows)], *([low, scores[low]] for low in what_if.BINS)],
        "top": [list(row[:3]) for row in rows],
    }
    assert rows


def test_without_another_start_what_is_to_come_has_nothing_to_count(history: None) -> None:
    campaign = to_come()
    days = period(campaign, now=NOW)
    assert what_if.what_if(campaign, Rule(), as_of=days.as_of).counted == 0
    assert what_if.what_if(campaign, Rule(), as_of=days.as_of, starts_at=days.starts_at).counted == 3


def test_what_is_to_come_is_moved_back_whole(history: None) -> None:
    campaign = to_come()
    as_of, starts_at = period(campaign, now=NOW)
    assert starts_at is not None
    assert as_of - starts_at == campaign.deadline - campaign.starts_at
    assert as_of <= NOW + timedelta(days=1)


def test_nothing_after_the_last_day_with_messages_is_counted(history: None) -> None:
    """A month later nobody would be active any more; the last day of which there are messages answers."""
    later = NOW + timedelta(days=60)
    with clock.showing(later):
        campaign = to_come()
        assert period(campaign, now=later).as_of == period(to_come(), now=NOW).as_of


def test_two_rules_are_counted_for_the_same_days_and_shown_beside_each_other(
    hr: Client, history: None
) -> None:
    campaign = to_come()
    assert choose(hr, campaign, preset=EVERYONE_CAN).status_code == 302
    own, other = reversed(campaign.what_ifs.all())
    assert (own.as_of, own.starts_at) == (other.as_of, other.starts_at)
    assert Rule(**other.rule) == PRESETS[EVERYONE_CAN]
    answer_all()
    shown = hr.get(address(campaign))
    assert [side.question for side in shown.context["answered"]] == [own, other]
    assert [side.figures["active_contacts"] for side in shown.context["answered"]] == [6, 12]
    plot = shown.context["plot"]
    assert plot.labels == ["1", "2", "3–5", "6–10"]
    assert [each.values for each in plot.series] == [[1, 1, 1, 0], [0, 1, 1, 1]]
    assert "it is counted as if it had begun on" in shown.content.decode()


def test_numbers_of_ones_own_are_another_rule(hr: Client) -> None:
    campaign = to_come()
    choose(hr, campaign, preset="", min_sent_days="3")
    assert campaign.what_ifs.filter(rule=replace(PRESETS[WHOLE_CAMPAIGN], min_sent_days=3).as_dict()).exists()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"preset": "", "min_sent_days": "9999"}, "min_sent_days"),
        ({"preset": "", "window_days": "0"}, "window_days"),
        ({"preset": "", "min_sent_days": "x"}, "min_sent_days"),
        ({"preset": NEW_PEOPLE, "min_sent_days": "1"}, "preset"),
        ({"preset": "no such"}, "preset"),
    ],
)
def test_what_is_no_rule_is_not_counted(hr: Client, values: dict[str, str], said: str) -> None:
    campaign = to_come()
    response = choose(hr, campaign, **values)
    assert response.status_code == 200
    assert said in response.context["form"].errors
    assert not WhatIf.objects.exists()


def test_the_form_begins_with_another_rule_than_the_campaigns_own(hr: Client) -> None:
    def begins_with(campaign: Campaign) -> str:
        return str(hr.get(address(campaign)).context["form"]["preset"].value())

    assert begins_with(to_come()) == WHOLE_CAMPAIGN
    assert begins_with(make_campaign(min_sent_days=9)) == OWN_NUMBERS


def test_the_same_rule_twice_is_asked_once(hr: Client) -> None:
    campaign = to_come()
    choose(hr, campaign, preset=STEADY)
    assert campaign.what_ifs.count() == 1


def test_a_page_sees_how_far_it_is_and_opens_anew_in_the_end(hr: Client) -> None:
    campaign = to_come()
    hr.post(address(campaign), {"act": "own"})
    part = {"HX-Request": "true"}
    assert "It waits its turn" in hr.get(address(campaign), headers=part).content.decode()
    WhatIf.objects.update(state="counting", steps_done=2, steps=8)
    counting = hr.get(address(campaign), headers=part).content.decode()
    assert "Step 2 of 8" in counting
    assert 'max="8" value="2"' in counting
    assert "<html" not in counting
    assert '<noscript><meta http-equiv="refresh"' in hr.get(address(campaign)).content.decode()
    WhatIf.objects.update(state="done", ended_at=NOW)
    assert hr.get(address(campaign), headers=part).headers["HX-Refresh"] == "true"
    assert "http-equiv" not in hr.get(address(campaign)).content.decode()


def test_nothing_is_asked_twice_at_a_time_and_all_is_cancelled_at_once(hr: Client) -> None:
    campaign = to_come()
    choose(hr, campaign, preset=EVERYONE_CAN)
    hr.post(address(campaign), {"act": "own"})
    assert campaign.what_ifs.count() == 2
    hr.post(address(campaign), {"act": "stop"})
    assert set(campaign.what_ifs.values_list("state", flat=True)) == {"cancelled"}
    assert "The counting was cancelled." in hr.get(address(campaign)).content.decode()


def test_what_cannot_be_counted_says_why(hr: Client) -> None:
    campaign = to_come()
    hr.post(address(campaign), {"act": "own"})
    WhatIf.objects.update(state="failed", problem="It took too long.")
    assert '<span lang="en">It took too long.</span>' in hr.get(address(campaign)).content.decode()


def test_without_redis_a_question_waits(monkeypatch: pytest.MonkeyPatch, hr: Client) -> None:
    def gone(*_args: Any, **_options: Any) -> None:
        raise RedisGone

    monkeypatch.setattr(tasks.answer_what_if, "delay", gone)
    campaign = to_come()
    assert hr.post(address(campaign), {"act": "own"}).status_code == 302
    assert len(what_ifs.unanswered()) == 1
    assert "It waits its turn" in hr.get(address(campaign)).content.decode()


def test_who_looked_at_which_rules_is_in_the_log(hr: Client) -> None:
    campaign = to_come()
    choose(hr, campaign, preset=EVERYONE_CAN)
    entry = Entry.objects.get(action="rule previewed")
    assert entry.subject == f"campaign {campaign.slug}"
    assert entry.details["rules"] == [Rule().as_dict(), PRESETS[EVERYONE_CAN].as_dict()]


@pytest.mark.parametrize("state", ["draft", "scheduled", "running"])
def test_what_may_be_previewed_leads_there(hr: Client, state: str) -> None:
    campaign = make_campaign(state=state)
    for page in ("", "review/"):
        assert address(campaign) in hr.get(f"/console/campaigns/{campaign.slug}/{page}").content.decode()


def test_what_was_called_off_is_not_previewed(hr: Client) -> None:
    campaign = make_campaign(state="void", void_reason="r")
    for response in (hr.get(address(campaign)), hr.post(address(campaign), {"act": "own"})):
        assert response.headers["Location"] == f"/console/campaigns/{campaign.slug}/"
    assert not WhatIf.objects.exists()


@pytest.mark.parametrize("role", ["auditor", "administrator"])
def test_others_neither_ask_nor_stop(role: str) -> None:
    client, campaign = Client(), to_come()
    client.force_login(make_member(role))
    assert client.post(address(campaign), {"act": "own"}).status_code == 403
    assert not WhatIf.objects.exists()


def test_a_form_from_elsewhere_asks_nothing(hr: Client) -> None:
    strict, campaign = Client(enforce_csrf_checks=True), to_come()
    strict.force_login(make_member("HR"))
    assert strict.post(address(campaign), {"act": "own"}).status_code == 403
    assert not WhatIf.objects.exists()


@pytest.mark.parametrize("size", [2, 9])
def test_the_page_costs_the_same_queries_at_any_size(hr: Client, size: int) -> None:
    for n in range(size):
        deliver(talk(handle_of(make_employee()), [f"c-{n}-{k}@out.example" for k in range(2)]))
    campaign = to_come()
    campaign.prizes.create(place=1, net_amount=Decimal(888))
    choose(hr, campaign, preset=EVERYONE_CAN)
    answer_all()
    assert len(hr.get(address(campaign)).context["answered"][1].top) == size
    assert cost(hr, address(campaign)) == 14


def test_each_rule_has_its_cost_beside_the_ceiling(history: None) -> None:
    """Goals and prizes for each contact, departments and places: as the budget has them of a real ranking."""
    further = Further(
        goals=(Goal(2, Decimal("500.00")),),
        per_contact=PerContact(Decimal("10.00"), most=3),
        departments=(DepartmentPrize(1, Decimal("70.00")),),
    )
    campaign = make_campaign("100.00", "50.00", further=further.as_json())
    client = Client()
    client.force_login(make_user(is_superuser=True))
    easy = {"preset": OWN_NUMBERS, "window_days": 30, "min_sent_days": 1, "min_received_days": 1}
    easy |= {"min_active_days": 1, "min_mutual_days": 0, "former_colleague_days": 180}
    choose(client, campaign, **easy)
    answer_all()
    own, other = client.get(address(campaign)).context["answered"]
    refresh(campaign, now=NOW)
    assert own.costs == budget(campaign, now=NOW)
    assert own.costs.now < other.costs.now <= own.costs.ceiling == other.costs.ceiling
    page = client.get(address(campaign)).content.decode()
    assert page.count("Prizes under this rule") == 2
    real = make_campaign("100.00", "50.00", further=further.as_json(), **other.question.rule)
    refresh(real, now=NOW + timedelta(seconds=1))
    assert other.costs == budget(real, now=NOW)


def test_costs_are_shown_to_those_alone_who_may_see_what_prizes_cost(hr: Client, history: None) -> None:
    campaign = make_campaign("100.00")
    hr.post(address(campaign), {"act": "own"})
    answer_all()
    assert "Prizes under this rule" in hr.get(address(campaign)).content.decode()
    reader = make_user("reader")
    reader.user_permissions.add(Permission.objects.get(codename="change_campaign"))
    client = Client()
    client.force_login(reader)
    assert "Prizes under this rule" not in client.get(address(campaign)).content.decode()


def test_an_answer_of_before_costs_were_counted_has_none(hr: Client, history: None) -> None:
    campaign = make_campaign("100.00")
    hr.post(address(campaign), {"act": "own"})
    answer_all()
    campaign.what_ifs.update(further={})
    [side] = hr.get(address(campaign)).context["answered"]
    assert side.costs is None
