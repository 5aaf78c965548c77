"""Every act of a campaign's life is in the log: who did it and, where there was one, what stood before and since."""

import pytest

from apps.audit.checking import problem_of_log
from apps.audit.models import Entry
from apps.awards.models import Award
from apps.awards.payment.again import pay_again
from apps.campaigns.lifecycle import LIFE, leave_contest, rejoin_contest, void_campaign
from apps.campaigns.models import Campaign
from apps.console.log.words import changes_of
from tests.awards.payment.test_returned import came_back
from tests.awards.payment.world import officer
from tests.factories import DEADLINE, START, make_campaign, make_employee
from tests.integrity.bundle.stories import final_contest

pytestmark = pytest.mark.django_db
WITHOUT_A_BEFORE = {  # what comes into being, or is only said
    "campaign created",
    "result sealed",
    "result recounted",
    "result final",
    "winner's check drawn",
    "contact named",
    "contact reviewed",
    "award proposed",
    "awards proposed",
    "prize facts fixed",
    "decision proposed",
    "decision confirmed",
    "decision rejected",
    "objection made",
    "later deadline proposed",
    "payroll figures noted",
    "payroll file taken",
}


def acts() -> dict[str, Entry]:
    return {entry.action: entry for entry in Entry.objects.order_by("number")}


def states_passed() -> list[tuple[str, str]]:
    moves = Entry.objects.filter(action__startswith="campaign ").exclude(action="campaign created")
    return [(e.details["before"]["state"], e.details["after"]["state"]) for e in moves.order_by("number")]


def test_a_life_leaves_no_gap_between_one_state_and_the_next() -> None:
    final_contest()
    passed = states_passed()
    assert [after for _before, after in passed] == [str(state) for state in LIFE[2:6]]
    assert [before for before, _after in passed] == [str(state) for state in LIFE[1:5]]


def test_every_act_has_its_actor_and_what_stood_before_and_since() -> None:
    final_contest()
    campaign = came_back()
    award = Award.objects.get(campaign=campaign, state=Award.State.RETURNED)
    pay_again(award, by=officer(), reason="a new account", now=DEADLINE)
    running, person = make_campaign(slug="running"), make_employee()
    leave_contest(running, person, START)
    rejoin_contest(running, person, START)
    void_campaign(running, reason="a mistake", now=START, actor="hr")
    found = acts()
    about = {
        name: e
        for name, e in found.items()
        if e.subject.startswith("campaign ") or name.startswith("contest ")
    }
    assert all(entry.actor for entry in found.values())
    assert {name for name, entry in about.items() if "before" not in entry.details} <= WITHOUT_A_BEFORE
    for name, entry in about.items():
        if "before" not in entry.details:
            continue
        before, after = entry.details["before"], entry.details["after"]
        assert before is None or after is None or before.keys() == after.keys(), name
        assert before != after, name
        assert {change.what for change in changes_of(entry)} >= (after or before).keys(), name
    walked = {"campaign settling", "campaign final", "campaign void", "result approved", "awards exported"}
    walked |= {"awards returned", "award to be paid again", "contest left", "contest rejoined"}
    assert walked <= about.keys()
    assert problem_of_log() == ""


def test_voiding_says_which_state_and_reason_it_replaced() -> None:
    campaign = make_campaign()
    void_campaign(campaign, reason="a mistake", now=START, actor="hr")
    details = acts()["campaign void"].details
    assert details["before"] == {"state": Campaign.State.RUNNING.value, "void_reason": ""}
    assert details["after"] == {"state": "void", "void_reason": "a mistake"}
