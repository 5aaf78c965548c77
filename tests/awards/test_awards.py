from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission

from apps.audit.models import Entry
from apps.awards.due import tick
from apps.awards.models import Award
from apps.awards.prizes.proposing import propose_awards
from apps.awards.services import NotApprovable, approve
from apps.campaigns.models import Campaign
from apps.directory.models import User
from apps.ranking.models import Result
from tests.awards.stories import befriend, deliver
from tests.factories import DEADLINE, make_campaign, make_employee, make_user
from tests.integrity.ready import complete_sources, make_ready

pytestmark = pytest.mark.django_db

GRACE_ENDS = DEADLINE + timedelta(hours=72)
OBJECTIONS_END = GRACE_ENDS + timedelta(days=7)


def approver(name: str, **fields: object) -> User:
    user = make_user(name, **fields)
    user.user_permissions.add(Permission.objects.get(codename="add_approval"))
    return User.objects.get(pk=user.pk)


def settled(*prizes: str, **fields: object) -> Campaign:
    campaign = make_campaign(*prizes, **fields)
    complete_sources()
    tick(now=GRACE_ENDS)
    campaign.refresh_from_db()
    return campaign


def awards(campaign: Campaign) -> list[tuple[int, str, Decimal]]:
    rows = campaign.awards.order_by("place", "employee__number")
    return list(rows.values_list("place", "employee__number", "net_amount"))


def test_the_best_get_the_prizes_of_their_places() -> None:
    first, second, third = (make_employee() for _ in range(3))
    deliver(befriend(first, 3) + befriend(second, 2) + befriend(third, 1))
    campaign = settled("100000.00", "20000.00")
    assert awards(campaign) == [
        (1, first.number, Decimal("100000.00")),
        (2, second.number, Decimal("20000.00")),
    ]
    assert set(campaign.awards.values_list("state", flat=True)) == {Award.State.PROPOSED}


def test_equals_are_told_apart_by_days_on_which_both_wrote() -> None:
    quiet, busy = make_employee(), make_employee()
    deliver(befriend(quiet, 2, days=3) + befriend(busy, 2, days=5))
    assert awards(settled("100.00")) == [(1, busy.number, Decimal("100.00"))]


def test_who_is_still_equal_shares_the_places_and_their_prizes_to_the_cent() -> None:
    people = sorted((make_employee() for _ in range(3)), key=lambda employee: employee.number)
    deliver([event for person in people for event in befriend(person, 2)])
    campaign = settled("100.00", "0.01")
    assert awards(campaign) == [
        (1, people[0].number, Decimal("33.34")),
        (1, people[1].number, Decimal("33.34")),
        (1, people[2].number, Decimal("33.33")),
    ]


def test_nobody_active_means_no_award() -> None:
    make_employee()
    assert awards(settled("100.00")) == []


def test_a_rehearsal_gives_no_award() -> None:
    person = make_employee()
    deliver(befriend(person, 1))
    campaign = settled("100.00", is_rehearsal=True)
    assert campaign.state == Campaign.State.PROVISIONAL
    assert awards(campaign) == []


def test_awards_are_proposed_once_however_often_it_ticks() -> None:
    person = make_employee()
    deliver(befriend(person, 1))
    campaign = settled("100.00")
    assert tick(now=GRACE_ENDS) == []
    assert propose_awards(campaign, now=GRACE_ENDS) == []
    assert campaign.awards.count() == 1
    assert Entry.objects.filter(action="award proposed").count() == 1


def test_two_different_people_make_it_final() -> None:
    one, two = approver("one"), approver("two")
    person = make_employee()
    deliver(befriend(person, 1))
    campaign = settled("100.00")
    make_ready(campaign, now=OBJECTIONS_END)
    result = Result.objects.get(campaign=campaign)
    assert approve(result, one, now=OBJECTIONS_END) is False
    assert approve(result, one, now=OBJECTIONS_END) is False  # the same again counts once
    campaign.refresh_from_db()
    assert campaign.state == Campaign.State.PROVISIONAL
    assert approve(result, two, now=OBJECTIONS_END) is True
    campaign.refresh_from_db()
    assert campaign.state == Campaign.State.FINAL
    assert set(campaign.awards.values_list("state", flat=True)) == {Award.State.APPROVED}
    approved = Entry.objects.filter(action="result approved").order_by("number")
    assert list(approved.values_list("actor", flat=True)) == ["one", "two"]
    entry = Entry.objects.get(action="awards approved")
    assert (entry.actor, entry.details) == (
        "two",
        {
            "version": 1,
            "before": {"state": ["proposed"], "awards": 1, "net": ["100.00 CNY"]},
            "after": {"state": ["approved"], "awards": 1, "net": ["100.00 CNY"]},
        },
    )


@pytest.mark.parametrize(
    ("who", "when", "why"),
    [
        ("a winner", OBJECTIONS_END, "where a prize is at stake"),
        ("somebody without the right", OBJECTIONS_END, "may not"),
        ("a deactivated approver", OBJECTIONS_END, "may not"),
        ("a late approver", OBJECTIONS_END, "became an approver since the deadline"),
        ("an approver", OBJECTIONS_END - timedelta(seconds=1), "Objections are open"),
    ],
)
def test_who_may_not_approve_is_told_why(who: str, when: object, why: str) -> None:
    early = approver("early")
    person = make_employee()
    deliver(befriend(person, 1))
    campaign = settled("100.00")
    make_ready(campaign, now=GRACE_ENDS)
    result = Result.objects.get(campaign=campaign)
    user = {
        "a winner": lambda: approver("winner", employee=person),
        "somebody without the right": lambda: make_user("nobody"),
        "a deactivated approver": lambda: approver("gone", is_active=False),
        "a late approver": lambda: approver("late"),
        "an approver": lambda: early,
    }[who]()
    with pytest.raises(NotApprovable, match=why):
        approve(result, user, now=when)
    assert not result.approvals.exists()


def test_a_rehearsal_is_never_approved() -> None:
    result = Result.objects.get(campaign=settled("100.00", is_rehearsal=True))
    with pytest.raises(NotApprovable, match="rehearsal"):
        approve(result, approver("one"), now=OBJECTIONS_END)
