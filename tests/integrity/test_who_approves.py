"""Who may not stand for a result: who has something to win, and who was no approver when the deadline passed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from apps.audit.models import Entry
from apps.awards.due import tick
from apps.awards.models import Approval
from apps.awards.services import NotApprovable, approve
from apps.campaigns.lifecycle import begin_settling
from apps.campaigns.models import Campaign
from apps.directory.models import User
from apps.integrity.blockers import blockers
from bonus_tracker import clock
from tests.admin.test_directory import user_form
from tests.factories import DEADLINE, make_campaign, make_user
from tests.integrity.stories import OBJECTIONS_END, Contest, decider
from tests.integrity.test_blockers import behind_the_back, names, ready

pytestmark = pytest.mark.django_db


def test_the_log_says_who_could_approve_at_the_deadline() -> None:
    known = decider("known")
    campaign = make_campaign("100.00")
    tick(now=DEADLINE)
    entry = Entry.objects.get(subject=f"campaign {campaign.slug}", action="campaign settling")
    assert [known.pk, "known"] in entry.details["approvers"]
    late = decider("late")
    assert late.pk not in dict(entry.details["approvers"])


def test_who_is_appointed_while_workers_stand_still_after_the_deadline_comes_too_late(client: Client) -> None:
    known, late = decider("known"), make_user("late")
    campaign = make_campaign("100.00")
    client.force_login(make_user(is_staff=True, is_superuser=True))
    for user, when in ((known, DEADLINE - timedelta(minutes=1)), (late, DEADLINE + timedelta(minutes=1))):
        with clock.showing(when):
            client.post(
                reverse("admin:directory_user_change", args=[user.pk]), user_form(user, is_superuser="on")
            )
    assert User.objects.get(pk=late.pk).has_perm("awards.add_approval")
    tick(now=DEADLINE + timedelta(minutes=2))
    entry = Entry.objects.get(subject=f"campaign {campaign.slug}", action="campaign settling")
    names = {name for _pk, name in entry.details["approvers"]}
    assert "known" in names
    assert "late" not in names


def appointed_later(it: Contest) -> Any:
    campaign = it.campaign
    with transaction.atomic():  # as if the deadline had passed by the clock
        behind_the_back("UPDATE campaigns_campaign SET state = 'running' WHERE id = %s", campaign.pk)
        begin_settling(Campaign.objects.get(pk=campaign.pk), now=DEADLINE)
        behind_the_back("UPDATE campaigns_campaign SET state = 'provisional' WHERE id = %s", campaign.pk)
    return decider("appointed-later")


DOUBTFUL: dict[str, Callable[[Contest], Any]] = {
    "stands where a prize is at stake": lambda it: decider("a-winner", employee=it.employees[0]),
    "became an approver since the deadline": appointed_later,
}


@pytest.mark.parametrize("why", DOUBTFUL)
def test_an_approver_with_an_interest_or_appointed_later_is_refused_and_shown(why: str) -> None:
    it = ready()
    doubtful = DOUBTFUL[why](it)
    with pytest.raises(NotApprovable, match=why):
        approve(it.result, doubtful, now=OBJECTIONS_END)
    for user in (doubtful, make_user(is_superuser=True)):  # as if the door had been passed by
        Approval.objects.create(result=it.result, approver=user, at=OBJECTIONS_END)
    assert why in " ".join(map(str, blockers(it.campaign, now=OBJECTIONS_END)))
    assert "approver" in names(it)
