"""Campaigns in the admin: the form, and the steps of a campaign's life."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from apps.audit.models import Entry
from apps.awards.models import Approval, Award
from apps.campaigns.announcement import Announcement
from apps.campaigns.models import Campaign
from apps.campaigns.validation import problems
from apps.directory.models import Group
from apps.ranking.models import Run
from bonus_tracker import clock
from tests.admin.scene import NOW, Scene, last_entry, make_scene, page, sign_in
from tests.factories import make_campaign
from tests.integrity.ready import make_ready

State = Campaign.State
pytestmark = pytest.mark.django_db


def typed(**other: Any) -> dict[str, Any]:
    """What HR types into the form, on the company's calendar."""
    return {
        "name_en": "Bring them in",
        "name_zh": "带他们来",
        "slug": "year-end",
        "starts_at_0": "2026-12-01",
        "starts_at_1": "00:00",
        "deadline_0": "2027-03-01",
        "deadline_1": "00:00",
        "freeze_at_0": "",
        "freeze_at_1": "",
        "grace_hours": "72",
        "objection_days": "7",
        "public_places": "100",
        "preset": "steady",
        "window_days": "30",
        "min_sent_days": "2",
        "min_received_days": "2",
        "min_active_days": "3",
        "min_mutual_days": "0",
        "former_colleague_days": "180",
        "prizes-TOTAL_FORMS": "1",
        "prizes-INITIAL_FORMS": "0",
        "prizes-0-place": "1",
        "prizes-0-net_amount": "100000.00",
        "prizes-0-currency": "CNY",
    } | other


def errors_of(answer: Any) -> dict[str, list[str]]:
    form: dict[str, list[str]] = answer.context["adminform"].form.errors
    return form


def test_the_form_announces_a_draft(client: Client) -> None:
    sign_in(client, "HR")
    Group.objects.create(name="Sales force")
    answer = client.post(page("campaigns_campaign_add"), typed(groups=["Sales force"]))
    assert answer.status_code == 302
    campaign = Campaign.objects.get()
    assert (campaign.state, campaign.name) == (State.DRAFT, {"en": "Bring them in", "zh-hans": "带他们来"})
    assert campaign.starts_at.isoformat() == "2026-11-30T16:00:00+00:00"  # midnight in Shanghai
    assert campaign.groups == ["Sales force"]
    assert [str(prize) for prize in campaign.prizes.all()] == ["1: 100,000.00 CNY"]
    entry = last_entry()
    assert (entry.action, entry.actor, entry.subject) == ("campaign created", "the-hr", "campaign year-end")
    assert entry.details["changes"]["prizes"] == ["1: 100000.00 CNY"]


def test_the_form_says_the_sentences_of_a_campaign_file(client: Client) -> None:
    sign_in(client, "HR")
    wrong = typed(
        slug="Year End", starts_at_1="08:00", grace_hours="9999", **{"prizes-0-currency": "yuan"[:3]}
    )
    answer = client.post(page("campaigns_campaign_add"), wrong | {"slug": "year--end"})
    form = answer.context["adminform"].form
    found = problems(form.announcement, zone=clock.company_zone(), now=NOW)
    said = {text for texts in errors_of(answer).values() for text in texts}
    assert found
    assert said == {p.text if p.key in form.fields else str(p) for p in found}
    assert not Campaign.objects.exists()


def test_a_chosen_preset_sets_the_numbers(client: Client) -> None:
    sign_in(client, "HR")
    client.post(page("campaigns_campaign_add"), typed(preset="new people"))
    assert Campaign.objects.get().new_contacts_only


def test_a_preset_and_other_numbers_at_once_are_refused(client: Client) -> None:
    sign_in(client, "HR")
    answer = client.post(page("campaigns_campaign_add"), typed(preset="new people", min_sent_days="5"))
    assert list(errors_of(answer)) == ["preset"]


def test_numbers_of_ones_own_are_a_rule_of_ones_own(client: Client) -> None:
    sign_in(client, "HR")
    client.post(page("campaigns_campaign_add"), typed(min_sent_days="5"))
    campaign = Campaign.objects.get()
    assert (campaign.min_sent_days, campaign.min_active_days) == (5, 3)


def test_two_prizes_for_one_place_are_refused(client: Client) -> None:
    sign_in(client, "HR")
    second = {"prizes-1-place": "1", "prizes-1-net_amount": "5", "prizes-1-currency": "CNY"}
    answer = client.post(page("campaigns_campaign_add"), typed(**second, **{"prizes-TOTAL_FORMS": "2"}))
    assert answer.status_code == 200
    assert not Campaign.objects.exists()


def test_a_draft_changes_with_before_and_after_in_the_log(client: Client) -> None:
    sign_in(client, "HR")
    client.post(page("campaigns_campaign_add"), typed())
    campaign = Campaign.objects.get()
    prize = campaign.prizes.get()
    rows = {"prizes-INITIAL_FORMS": "1", "prizes-0-id": str(prize.pk), "prizes-0-net_amount": "50000.00"}
    client.post(page("campaigns_campaign_change", campaign.pk), typed(grace_hours="24", **rows))
    campaign.refresh_from_db()
    assert (campaign.state, campaign.grace_hours) == (State.DRAFT, 24)
    assert last_entry().details["changes"] == {
        "grace_hours": [72, 24],
        "prizes": [["1: 100000.00 CNY"], ["1: 50000.00 CNY"]],
    }


def test_saving_a_running_campaign_changes_its_name_alone(client: Client, scene: Scene) -> None:
    sign_in(client, "HR")
    before = Announcement.of(scene.running).keys()
    client.post(page("campaigns_campaign_change", scene.running.pk), typed(name_en="Better"))
    after = Announcement.of(Campaign.objects.get(pk=scene.running.pk)).keys()
    assert {key for key in after if after[key] != before[key]} == {"name"}
    assert after["name"]["en"] == "Better"


def test_saving_in_chinese_keeps_the_seconds_of_a_deadline(client: Client) -> None:
    sign_in(client, "HR")
    deadline = datetime(2026, 12, 24, 3, 59, 59, tzinfo=NOW.tzinfo)
    campaign = make_campaign(state=State.DRAFT, slug="year-end", deadline=deadline)
    client.cookies["django_language"] = "zh-hans"
    shown = client.get(page("campaigns_campaign_change", campaign.pk)).content.decode()
    assert 'value="2026-12-24"' in shown
    assert 'value="11:59:59"' in shown


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
    client.post(page("campaigns_campaign_add"), typed())
    campaign = Campaign.objects.get()
    address = page("campaigns_campaign_schedule", campaign.pk)
    asked = client.get(address)
    campaign.refresh_from_db()
    assert campaign.state == State.DRAFT
    assert b"2026-12-01 00:00" in asked.content
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


def test_the_first_page_tells_what_waits(client: Client, scene: Scene) -> None:
    sign_in(client, "HR")
    scene.running.deadline = NOW - timedelta(minutes=5)
    Campaign.objects.filter(pk=scene.running.pk).update(state=State.VOID)
    make_campaign(state=State.SCHEDULED, starts_at=datetime(2026, 11, 19, 16, tzinfo=NOW.tzinfo))
    said = {each.text: each.number for each in client.get(page("index")).context["attention"]}
    assert said == {
        "campaign is due for its next step; the next tick takes it": "1",
        "result waits for approval": "1",
        "events are held back for a decision": "2",
    }
