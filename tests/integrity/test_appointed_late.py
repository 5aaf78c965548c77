"""Who was no approver when the deadline passed does not stand for the result, however late that is noticed."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.models import Entry
from apps.awards.due import tick
from apps.directory.models import User
from bonus_tracker import clock
from tests.admin.test_directory import user_form
from tests.factories import DEADLINE, make_campaign, make_user
from tests.integrity.stories import decider

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
