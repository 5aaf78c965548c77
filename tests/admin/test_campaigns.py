"""Campaigns in the admin: the form, and the steps of a campaign's life."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.models import Entry
from apps.awards.models import Approval, Award
from apps.campaigns.models import Campaign
from apps.ranking.models import Run
from bonus_tracker import clock
from tests.admin.scene import NOW, Scene, last_entry, make_scene, page, sign_in
from tests.factories import make_campaign
from tests.integrity.ready import make_ready

State = Campaign.State
pytestmark = pytest.mark.django_db


def test_a_record_is_read_and_the_form_is_in_the_console(client: Client, scene: Scene) -> None:
    sign_in(client, "HR")
    shown = client.get(page("campaigns_campaign_change", scene.running.pk))
    assert "_save" not in shown.content.decode()
    assert client.get(page("campaigns_campaign_add")).status_code == 403
    assert client.get(page("campaigns_campaign_new")).headers["Location"] == "/console/campaigns/new/"
    change = client.get(page("campaigns_campaign_edit", scene.running.pk))
    assert change.headers["Location"] == "/console/campaigns/running/edit/"


def test_only_a_draft_is_deleted(client: Client, scene: Scene) -> None:
    sign_in(client, "superuser")
    draft = make_campaign(state=State.DRAFT)
    assert (
        client.post(page("campaigns_campaign_delete", scene.running.pk), {"post": "yes"}).status_code == 403
    )
    assert client.post(page("campaigns_campaign_delete", draft.pk), {"post": "yes"}).status_code == 302
    assert not Campaign.objects.filter(pk=draft.pk).exists()
    assert last_entry().subject == f"campaign {draft.slug}"


def test_scheduling_says_what_will_happen_and_is_done_by_post(client: Client) -> None:
    sign_in(client, "HR")
    start = datetime(2026, 11, 30, 16, tzinfo=NOW.tzinfo)
    campaign = make_campaign("100000.00", state=State.DRAFT, starts_at=start)
    address = page("campaigns_campaign_schedule", campaign.pk)
    asked = client.get(address)
    campaign.refresh_from_db()
    assert campaign.state == State.DRAFT
    assert b"It begins by itself on Dec 1, 2026, 12:00" in asked.content
    assert b"1: 100,000.00 CNY" in asked.content
    client.post(address)
    campaign.refresh_from_db()
    assert campaign.state == State.SCHEDULED
    assert (last_entry().action, last_entry().actor) == ("campaign scheduled", "the-hr")


def test_what_is_wrong_with_a_draft_keeps_it_from_being_scheduled(client: Client) -> None:
    sign_in(client, "HR")
    late = make_campaign(state=State.DRAFT, deadline=NOW - timedelta(days=1))
    answer = client.post(page("campaigns_campaign_schedule", late.pk))
    assert "it has passed" in answer.context["form"].non_field_errors()[0]


@pytest.mark.parametrize("step", ["schedule", "approve"])
def test_a_step_that_the_state_forbids_is_refused(client: Client, scene: Scene, step: str) -> None:
    sign_in(client, "HR")
    entries = Entry.objects.count()
    answer = client.post(page(f"campaigns_campaign_{step}", scene.running.pk), {"reason": "x"}, follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]
    assert Entry.objects.count() == entries


def test_voiding_needs_a_reason(client: Client, scene: Scene) -> None:
    sign_in(client, "HR")
    address = page("campaigns_campaign_void", scene.running.pk)
    assert client.post(address, {"reason": " "}).status_code == 200
    scene.running.refresh_from_db()
    assert scene.running.state == State.RUNNING
    client.post(address, {"reason": "The rule was unclear."})
    scene.running.refresh_from_db()
    assert (scene.running.state, scene.running.void_reason) == (State.VOID, "The rule was unclear.")
    assert last_entry().actor == "the-hr"


def test_ranking_now_is_written_in_the_log(client: Client, scene: Scene) -> None:
    sign_in(client, "HR")
    address = page("campaigns_campaign_rank", scene.running.pk)
    client.get(address)
    assert Run.objects.filter(campaign=scene.running).count() == 1
    with clock.showing(NOW + timedelta(days=1)):
        client.post(address)
    assert Run.objects.filter(campaign=scene.running).count() == 2
    assert last_entry().action == "campaign ranked by hand"


def test_two_different_people_approve_a_result(client: Client, db: None) -> None:
    one, two = sign_in(client, "superuser"), sign_in(client, "HR")  # approvers before the deadline, both
    assert one
    assert two
    scene = make_scene()
    make_ready(scene.provisional, now=NOW)
    address = page("campaigns_campaign_approve", scene.provisional.pk)
    assert scene.result.sha256.encode() in client.get(address).content
    client.post(address, {"version": "1", "comment": "checked"})
    again = client.post(address, {"version": "1"})
    assert "somebody else" in again.context["form"].non_field_errors()[0]
    scene.provisional.refresh_from_db()
    assert scene.provisional.state == State.PROVISIONAL
    client.force_login(one)
    client.post(address, {"version": "1"})
    scene.provisional.refresh_from_db()
    assert scene.provisional.state == State.FINAL
    assert Award.objects.get().state == Award.State.APPROVED
    assert [a.comment for a in Approval.objects.order_by("pk")] == ["checked", ""]


def test_an_approval_is_of_the_version_that_was_shown(client: Client, scene: Scene) -> None:
    sign_in(client, "HR")
    answer = client.post(page("campaigns_campaign_approve", scene.provisional.pk), {"version": "2"})
    assert "newer version" in answer.context["form"].non_field_errors()[0]
    assert not Approval.objects.exists()


def test_the_first_page_is_a_plain_list_of_records_and_the_overview_tells_what_is_wrong(
    client: Client, scene: Scene
) -> None:
    sign_in(client, "HR")
    late = make_campaign(state=State.SCHEDULED, starts_at=datetime(2026, 11, 19, 16, tzinfo=NOW.tzinfo))
    listed = client.get(page("index")).content.decode()
    assert page("campaigns_campaign_changelist") in listed
    said = [str(each.text) for each in client.get(reverse("console:overview")).context["alarms"]]
    assert f"1 campaign is due for its next step: {late}." in said
    assert "2 messages are held back and do not count." in said
    assert said[0] not in listed
