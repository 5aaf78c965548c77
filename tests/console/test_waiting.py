"""The number in the sidebar: what it costs, and when it is counted again."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.audit.services import record
from apps.integrity.models import Case
from bonus_tracker import clock
from tests.admin.scene import NOW, Scene
from tests.leaderboard.scene import make_member

pytestmark = pytest.mark.django_db
PAGE = "console:people"


@pytest.fixture
def hr(client: Client, ended: Scene) -> Client:
    client.force_login(make_member("HR"))
    return client


def waiting(client: Client) -> int:
    """As the sidebar has it."""
    doors = client.get(reverse(PAGE)).context["side_doors"]
    return next(door.waiting for door in doors if door.address == reverse("console:inbox"))


def open_another_case(scene: Scene) -> None:
    Case.objects.create(
        campaign=scene.running, employee=scene.employee, reason="late", opened_by="hr", opened_at=NOW
    )


def test_it_is_counted_once_for_many_pages(hr: Client) -> None:
    counted = waiting(hr)
    with CaptureQueriesContext(connection) as queries:
        assert waiting(hr) == counted
    assert not [each for each in queries if "integrity_case" in each["sql"]]


def test_an_act_of_anybody_is_seen_on_the_next_page(hr: Client, ended: Scene) -> None:
    counted = waiting(hr)
    open_another_case(ended)
    assert waiting(hr) == counted  # kept: nothing happened that the log knows
    with transaction.atomic():
        record("case opened", actor="hr", subject="case 9", at=NOW)
    assert waiting(hr) == counted + 1


def test_what_time_alone_brings_is_seen_within_a_minute(hr: Client, ended: Scene) -> None:
    counted = waiting(hr)
    open_another_case(ended)
    with clock.showing(NOW + timedelta(minutes=1)):
        assert waiting(hr) == counted + 1


def test_the_inbox_and_its_number_in_the_sidebar_agree(hr: Client, ended: Scene) -> None:
    waiting(hr)
    open_another_case(ended)
    page = hr.get(reverse("console:inbox"))
    doors = page.context["side_doors"]
    shown = next(door.waiting for door in doors if door.address == reverse("console:inbox"))
    assert shown == sum(number for _title, number, _page in page.context["figures"])


def test_nobody_reads_what_waits_for_somebody_else(hr: Client) -> None:
    auditor = Client()
    auditor.force_login(make_member("auditor"))
    assert waiting(hr) > 0
    assert waiting(auditor) == 0
