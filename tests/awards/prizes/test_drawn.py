"""Of those who reach a goal or are paid for contacts, a sample is drawn and its contacts are confirmed."""

from datetime import timedelta
from decimal import Decimal
from hashlib import sha256

import pytest

from apps.awards.admin.approving import ApproveResult
from apps.awards.due import tick
from apps.awards.prizes.drawn import drawn_recipients
from apps.campaigns.further import Awarding, DepartmentPrize, Further, Goal, PerContact
from apps.campaigns.models import Campaign
from apps.directory.models import Group, GroupMembership
from apps.integrity.blockers import blockers
from apps.integrity.models import Check
from apps.integrity.prize_ranks import Stake, stakes
from tests.awards.stories import befriend, deliver
from tests.factories import DEADLINE, START, make_campaign, make_department, make_employee
from tests.integrity.ready import complete_sources, make_ready

pytestmark = pytest.mark.django_db
SETTLED = DEADLINE + timedelta(hours=72)
OBJECTIONS_END = SETTLED + timedelta(days=7)


def settled(scores: list[int], *prizes: str, further: Further) -> Campaign:
    people = [make_employee(number=f"E{n:02}") for n in range(len(scores))]
    deliver([e for person, score in zip(people, scores, strict=True) for e in befriend(person, score)])
    complete_sources()
    campaign = make_campaign(*prizes, further=further.as_json())
    tick(now=SETTLED)
    campaign.refresh_from_db()
    return campaign


def names(campaign: Campaign) -> list[str]:
    return [blocker.name for blocker in blockers(campaign, now=OBJECTIONS_END)]


def test_nobody_is_drawn_where_only_places_win() -> None:
    campaign = settled([3, 2], "100.00", further=Further())
    assert drawn_recipients(campaign.results.get()) == []


def test_of_few_who_reach_a_goal_all_are_checked_before_it_is_final() -> None:
    campaign = settled([6, 3, 1], further=Further(goals=(Goal(3, Decimal("50.00")),)))
    found = {stake.employee.number: (stake.place, stake.margin) for stake in stakes(campaign.results.get())}
    assert found == {"E00": (0, 4), "E01": (0, 1)}
    assert names(campaign) == ["winner's check", "winner's check", "approvals"]
    assert "(E00), drawn among" in " ".join(map(str, blockers(campaign, now=OBJECTIONS_END)))
    make_ready(campaign, now=OBJECTIONS_END)
    assert names(campaign) == ["approvals"]


def test_of_many_a_sample_is_drawn_by_the_sealed_hash() -> None:
    campaign = settled([2] * 30, further=Further(per_contact=PerContact(Decimal("10.00"), most=5)))
    result = campaign.results.get()
    drawn = drawn_recipients(result)
    assert len(drawn) == 11  # C(24, 11) / C(30, 11) is at most 5 %, C(24, 10) / C(30, 10) is more
    assert drawn == drawn_recipients(result)
    lots = {each: f"{result.sha256}\nrecipients\n{each}" for each in (f"E{n:02}" for n in range(30))}
    by_lot = sorted(lots, key=lambda each: sha256(lots[each].encode()).digest())
    assert [stake.employee.number for stake in drawn] == by_lot[:11]
    assert Check.objects.count() == 11
    result.sha256 = "00" * 32
    assert {stake.employee.number for stake in drawn_recipients(result)} != {
        stake.employee.number for stake in drawn
    }


def test_of_a_department_that_wins_everybody_who_brought_contacts_is_drawn() -> None:
    north, south = make_department("North"), make_department("South")
    people = [make_employee(number=f"E{n:02}", department=[north, south][n % 2]) for n in range(24)]
    for number in ("E02", "E04"):
        GroupMembership.objects.create(
            employee=next(person for person in people if person.number == number),
            group=Group.objects.get_or_create(name="board")[0],
            starts_on=START.date(),
        )
    deliver([e for person in people[:6] for e in befriend(person, 6 if person.number == "E02" else 1)])
    complete_sources()
    campaign = make_campaign(
        further=Further(departments=(DepartmentPrize(1, Decimal("1000.00")),)).as_json(),
        awarding=Awarding(excluded_groups=("board",)).as_json(),
    )
    tick(now=SETTLED)
    campaign.refresh_from_db()
    result = campaign.results.get()
    assert "E02" not in result.awards.values_list("employee__number", flat=True)  # wins nothing, and yet
    found = {stake.employee.number: (stake.place, stake.margin) for stake in drawn_recipients(result)}
    assert found == {
        "E00": (0, 1),
        "E02": (0, 2),
        "E04": (0, 1),
    }  # a fifth of what each brought, none of the South


def test_who_wins_a_place_too_is_checked_once_as_its_winner() -> None:
    campaign = settled([6, 3], "100.00", further=Further(goals=(Goal(3, Decimal("50.00")),)))
    assert [(stake.employee.number, stake.place) for stake in stakes(campaign.results.get())] == [
        ("E00", 1),
        ("E01", 0),
    ]
    assert isinstance(stakes(campaign.results.get())[1], Stake)


@pytest.mark.parametrize(
    ("prizes", "said"),
    [
        ((), ["goal reached: 2 awards, 100 CNY after tax altogether"]),
        (
            ("100.00",),
            [
                "Place 1: {first}, 100 CNY after tax",
                "Next in line, with their contacts: E01 (3), E02 (1).",
                "goal reached: 2 awards, 100 CNY after tax altogether",
            ],
        ),
    ],
)
def test_whoever_approves_reads_what_is_given_for_places_and_for_more(
    prizes: tuple[str, ...], said: list[str]
) -> None:
    campaign = settled([6, 3, 1], *prizes, further=Further(goals=(Goal(3, Decimal("50.00")),)))
    first = campaign.results.get().run.standings.get(rank=1).employee
    sentences = [str(each) for each in ApproveResult().sentences(campaign, now=OBJECTIONS_END)]
    assert sentences[-len(said) :] == [each.format(first=first) for each in said]
