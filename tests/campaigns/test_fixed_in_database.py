"""What was announced stays, whoever writes to the tables."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from apps.campaigns.models import Campaign, Prize
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db
State = Campaign.State
BEGUN = [State.RUNNING, State.SETTLING, State.PROVISIONAL, State.FINAL, State.PAID, State.VOID]
DAY = timedelta(days=1)
FIXED: dict[str, Any] = {
    "slug": "other",
    "starts_at": F("starts_at") - DAY,
    "freeze_at": F("deadline") - DAY,
    "deadline": F("deadline") + DAY,
    "grace_hours": 1,
    "objection_days": 1,
    "window_days": None,
    "min_sent_days": 1,
    "min_received_days": 1,
    "min_active_days": 1,
    "min_mutual_days": 1,
    "new_contacts_only": True,
    "former_colleague_days": 0,
    "entities": ["Acme Ltd"],
    "departments": ["Asia"],
    "groups": ["Sales"],
    "further": {"departments": []},
    "awarding": {"equals": "all"},
    "divisions": [{"key": "sales", "departments": ["Sales"]}],
    "amendments": [{"reason": "because"}],
    "state": State.SCHEDULED,
}
FREE = {
    "name",
    "public_places",
    "contact",
    "provisional_at",
    "void_reason",
    "was_voided_as_draft",
    "created_at",
    "id",
    "is_rehearsal",
}


def change(campaign: Campaign, **values: Any) -> int:
    with transaction.atomic():
        return Campaign.objects.filter(pk=campaign.pk).update(**values)


def test_every_column_is_either_fixed_or_named_as_free() -> None:
    assert {field.name for field in Campaign._meta.concrete_fields} == FIXED.keys() | FREE


@pytest.mark.parametrize("column", FIXED)
@pytest.mark.parametrize("state", BEGUN)
def test_a_campaign_that_has_begun_keeps_its_columns(state: State, column: str) -> None:
    campaign = make_campaign(state=state)
    with pytest.raises(IntegrityError, match=f"campaign {campaign.slug} is {state.value}: rule, dates and"):
        change(campaign, **{column: FIXED[column]})


@pytest.mark.parametrize("state", [State.DRAFT, State.SCHEDULED])
def test_one_that_has_not_begun_may_change(state: State) -> None:
    campaign = make_campaign("100", state=state)
    for column, value in FIXED.items():
        assert change(campaign, **{column: value})
    Prize.objects.update(net_amount=200)
    assert campaign.delete()[0] == 2


@pytest.mark.parametrize("state", BEGUN)
def test_prizes_of_one_that_has_begun_stay(state: State) -> None:
    campaign = make_campaign("100", state=state)
    prize = campaign.prizes.get()
    for attempt in (
        lambda: Prize.objects.create(campaign=campaign, place=2, net_amount=1),
        lambda: Prize.objects.update(net_amount=200),
        lambda: Prize.objects.update(campaign=make_campaign(state=State.DRAFT)),
        prize.delete,
    ):
        with (
            pytest.raises(IntegrityError, match="prizes of a campaign that has begun stay"),
            transaction.atomic(),
        ):
            attempt()


def test_a_prize_cannot_be_moved_to_one_that_has_begun() -> None:
    make_campaign("100", state=State.DRAFT)
    running = make_campaign()
    with pytest.raises(IntegrityError, match="prizes of a campaign that has begun stay"):
        Prize.objects.update(campaign=running)


@pytest.mark.parametrize("state", BEGUN)
def test_one_that_has_begun_is_not_deleted(state: State) -> None:
    campaign = make_campaign(state=state)
    with pytest.raises(IntegrityError, match=f"is {state.value} and stays"):
        campaign.delete()


@pytest.mark.parametrize("state", [*BEGUN, State.SCHEDULED])
@pytest.mark.parametrize("is_rehearsal", [True, False])
def test_a_rehearsal_stays_one_and_nothing_else_becomes_one(state: State, is_rehearsal: bool) -> None:
    campaign = make_campaign(state=state, is_rehearsal=is_rehearsal)
    with pytest.raises(IntegrityError, match="a rehearsal stays one"):
        change(campaign, is_rehearsal=not is_rehearsal)


@pytest.mark.parametrize("state", [State.RUNNING, State.SETTLING])
def test_a_rehearsal_may_change_until_it_is_sealed(state: State) -> None:
    campaign = make_campaign("100", state=state, is_rehearsal=True)
    assert change(campaign, min_active_days=5, state=State.SCHEDULED)
    Prize.objects.update(net_amount=200)


@pytest.mark.parametrize("state", [State.PROVISIONAL, State.VOID])
def test_a_sealed_rehearsal_stays(state: State) -> None:
    campaign = make_campaign(state=state, is_rehearsal=True)
    with pytest.raises(IntegrityError, match="rule, dates and participants stay"):
        change(campaign, min_active_days=5)


@pytest.mark.parametrize("state", BEGUN)
def test_name_and_public_places_may_change_always(state: State) -> None:
    assert change(make_campaign(state=state), name={"en": "New"}, public_places=5)
