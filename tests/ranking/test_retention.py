"""Old rankings go after their time, and only of campaigns that are over."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings

from apps.audit.models import Entry
from apps.campaigns.models import Campaign
from apps.ranking import retention
from apps.ranking.models import Run, Standing
from apps.ranking.retention import drop_old_runs
from apps.ranking.tasks import drop_what_is_old
from bonus_tracker import clock
from tests.factories import DEADLINE, make_board, make_campaign, make_employee, make_result, make_run

pytestmark = pytest.mark.django_db
LAST = DEADLINE.date()
LATER = DEADLINE + timedelta(days=181)


def with_runs(state: str = Campaign.State.PAID) -> tuple[Campaign, dict[str, Run]]:
    campaign, person = make_campaign(state=Campaign.State.SETTLING), make_employee()
    runs = {
        name: make_run(campaign, {person: 1}, last_date=LAST - timedelta(days=n), keep=True)
        for n, name in enumerate(["shown", "sealed", "daily", "earlier"])
    }
    make_board(campaign, runs["shown"])
    make_result(campaign, runs["sealed"], sealed_at=DEADLINE)
    Campaign.objects.filter(pk=campaign.pk).update(state=state)
    return campaign, runs


def left(campaign: Campaign) -> set[int]:
    runs = set(Run.objects.filter(campaign=campaign).values_list("pk", flat=True))
    assert set(Standing.objects.filter(run__campaign=campaign).values_list("run_id", flat=True)) == runs
    return runs


def test_daily_rankings_go_and_what_is_shown_or_sealed_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "RUNS_AT_A_TIME", 1)
    campaign, runs = with_runs()
    assert drop_old_runs(now=LATER) == 2
    assert left(campaign) == {runs["shown"].pk, runs["sealed"].pk}
    assert Entry.objects.filter(action="rankings dropped").count() == 2
    assert drop_old_runs(now=LATER) == 0


@pytest.mark.parametrize("state", ["running", "settling", "provisional", "final"])
def test_a_campaign_that_is_not_over_holds_its_rankings(state: str) -> None:
    campaign, _runs = with_runs(state)
    assert drop_old_runs(now=LATER) == 0
    assert len(left(campaign)) == 4


def test_nothing_goes_before_its_time_or_when_everything_is_kept() -> None:
    campaign, _runs = with_runs()
    assert drop_old_runs(now=LATER - timedelta(days=1)) == 0
    with override_settings(RETENTION_RUNS_DAYS=0):
        assert drop_old_runs(now=LATER) == 0
    assert len(left(campaign)) == 4


def test_a_campaign_that_is_taken_up_again_meanwhile_keeps_them(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign, _runs = with_runs()

    def taken_up(of: Any, now: Any) -> int:
        Campaign.objects.filter(pk=campaign.pk).update(state=Campaign.State.FINAL)
        return drop_part(of, now)

    drop_part = retention._drop_part
    monkeypatch.setattr(retention, "_drop_part", taken_up)
    assert drop_old_runs(now=LATER) == 0
    assert len(left(campaign)) == 4


def test_the_job_does_it() -> None:
    campaign, _runs = with_runs(Campaign.State.VOID)
    with clock.showing(LATER):
        drop_what_is_old()
    assert len(left(campaign)) == 2
