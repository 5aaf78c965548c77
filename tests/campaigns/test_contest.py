"""Anyone may leave the contest and come back until the deadline."""

from datetime import timedelta

import pytest

from apps.activity.sql import input_version
from apps.audit.models import Entry
from apps.campaigns.lifecycle import leave_contest, rejoin_contest
from apps.campaigns.models import Campaign, OptOut
from apps.campaigns.problems import ContestClosed
from tests.factories import DEADLINE, START, make_campaign, make_employee

pytestmark = pytest.mark.django_db


def test_leaving_and_coming_back_each_work_once_are_logged_and_rank_anew() -> None:
    campaign, employee = make_campaign(), make_employee(number="E7")
    versions = [input_version()]
    assert leave_contest(campaign, employee, START)
    versions.append(input_version())
    assert OptOut.objects.get().left_at == START
    assert not leave_contest(campaign, employee, START + timedelta(days=1))
    assert OptOut.objects.get().left_at == START
    assert rejoin_contest(campaign, employee, START + timedelta(days=2), actor="ana")
    versions.append(input_version())
    assert not rejoin_contest(campaign, employee, START + timedelta(days=3))
    assert not OptOut.objects.exists()
    assert versions == sorted(set(versions))
    assert input_version() == versions[-1]
    assert [(e.action, e.actor, e.subject, e.details) for e in Entry.objects.order_by("number")] == [
        ("contest left", "E7", "employee E7", {"campaign": campaign.slug} | moved(True, False)),
        ("contest rejoined", "ana", "employee E7", {"campaign": campaign.slug} | moved(False, True)),
    ]


def moved(before: bool, after: bool) -> dict[str, dict[str, bool]]:
    return {"before": {"takes part": before}, "after": {"takes part": after}}


@pytest.mark.parametrize("act", [leave_contest, rejoin_contest])
def test_it_is_possible_until_the_last_instant_before_the_deadline(act: type) -> None:
    campaign, employee = make_campaign(), make_employee()
    act(campaign, employee, DEADLINE - timedelta(microseconds=1))
    with pytest.raises(ContestClosed, match="from the announcement to the deadline"):
        act(campaign, employee, DEADLINE)


@pytest.mark.parametrize("state", Campaign.State)
def test_only_what_is_announced_and_open_can_be_left(state: Campaign.State) -> None:
    campaign, employee = make_campaign(state=state), make_employee()
    if state in {"scheduled", "running"}:
        assert leave_contest(campaign, employee, START)
    else:
        with pytest.raises(ContestClosed):
            leave_contest(campaign, employee, START)
        assert not OptOut.objects.exists()
