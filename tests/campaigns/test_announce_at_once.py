"""Two people, or a retry, applying the same file at the same moment."""

import threading
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError

from apps.audit.models import Entry
from apps.audit.services import verify
from apps.campaigns import services
from apps.campaigns.announcement import Announcement, PrizeLine
from apps.campaigns.models import Campaign, Prize
from tests.campaigns.helpers import NOW
from tests.factories import DEADLINE, START
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)
FILE = Announcement(
    slug="year-end", starts_at=START, deadline=DEADLINE, prizes=(PrizeLine(1, Decimal(100), "CNY"),)
)


def apply_at_once(announcement: Announcement) -> list[Any]:
    return at_once(8, lambda: services.announce(announcement, actor="ana", now=NOW))


def test_a_new_campaign_is_created_once() -> None:
    outcomes = apply_at_once(FILE)
    assert sorted(outcome.created for outcome in outcomes) == [False] * 7 + [True]
    assert (Campaign.objects.count(), Prize.objects.count(), Entry.objects.count()) == (1, 1, 1)


def test_a_change_is_made_and_recorded_once() -> None:
    services.announce(FILE, actor="ana", now=NOW)
    outcomes = apply_at_once(replace(FILE, grace_hours=1))
    assert sorted(outcome.changed for outcome in outcomes) == [False] * 7 + [True]
    assert Entry.objects.filter(action="campaign changed").count() == 1
    assert verify().problem == ""


def test_without_the_lock_the_same_callers_collide(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: everybody finds no campaign, and the second to save meets the first."""
    all_have_looked = threading.Barrier(8)
    save = services._save

    def save_together(*args: Any, **kwargs: Any) -> Campaign:
        all_have_looked.wait()
        return save(*args, **kwargs)

    monkeypatch.setattr(services, "_wait_for_turn", lambda slug: None)
    monkeypatch.setattr(services, "_save", save_together)
    outcomes = apply_at_once(FILE)
    assert sum(isinstance(outcome, IntegrityError) for outcome in outcomes) == 7
