"""Held events by group, deliveries and sources; awards and the files for payroll."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from apps.activity.admin import held_groups as door
from apps.activity.batch import Event, Unreadable
from apps.activity.ingest import apply_batch
from apps.activity.models import Delivery, QuarantinedEvent
from apps.awards.models import Approval, Award
from apps.awards.payment.exporting import export_awards
from apps.campaigns.models import Campaign
from apps.console.inbox.gathering import inbox
from apps.console.inbox.viewer import Viewer
from apps.directory.models import User
from bonus_tracker import clock
from tests.admin.scene import NOW, Scene, last_entry
from tests.console.growing import add_awards, cost
from tests.factories import make_user

pytestmark = pytest.mark.django_db
State = QuarantinedEvent.State


def somebody(role: str = "HR") -> User:
    user = make_user()
    user.groups.add(Group.objects.get(name=role))
    return user


@pytest.fixture
def hr(client: Client, ended: Scene) -> Client:
    client.force_login(somebody())
    return client


def hold_more(scene: Scene, count: int) -> None:
    """Of one group, and as many groups of their own."""
    delivery = Delivery.objects.create(source=scene.delivery.source, actor="test", received_at=NOW)
    events = [
        Event(n, NOW, "nobody@company.example", f"s{n}@outside.example", n) for n in range(1, count + 1)
    ]
    wrong = [Unreadable(1000 + n, f"problem {n}") for n in range(count)]
    apply_batch(delivery, events, wrong, now=NOW, lines_read=2000)


def first_group(hr: Client, reason: str) -> tuple[str, str]:
    """Addresses of release and reject."""
    groups = hr.get(reverse("console:held"), {"reason": reason}).context["groups"]
    (release, _words, _grave), (reject, _words2, _grave2) = groups[0]["acts"]
    return release, reject


def fields_of(answer: Any) -> dict[str, Any]:
    form = answer.context["form"]
    return {name: form.initial.get(name) or "" for name in form.fields}


def test_a_group_is_rejected_in_one_act(hr: Client, ended: Scene) -> None:
    hold_more(ended, 3)
    _release, reject = first_group(hr, "unknown_staff")
    asked = hr.get(reject)
    assert "4 held events of this group." in asked.content.decode()
    answer = hr.post(reject.partition("?")[0], fields_of(asked) | {"reason": "nobody of ours"})
    assert answer["Location"] == reverse("console:held")
    decided = QuarantinedEvent.objects.filter(state=State.REJECTED)
    assert {each.reason for each in decided} == {"unknown_staff"}
    assert (decided.count(), QuarantinedEvent.objects.filter(state=State.HELD).count()) == (4, 4)
    assert last_entry().action == "quarantine rejected"


def test_a_group_of_many_goes_on_part_by_part(
    hr: Client, ended: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "AT_ONCE", 2)
    hold_more(ended, 2)
    _release, reject = first_group(hr, "unknown_staff")
    address = reject.partition("?")[0]
    first = hr.post(address, fields_of(hr.get(reject)) | {"reason": "nobody of ours"})
    assert first.context["progress"] == (2, 3)
    assert QuarantinedEvent.objects.filter(state=State.REJECTED).count() == 2
    second = hr.post(address, {name: value for name, value in first.context["kept"] if value is not None})
    assert second["Location"] == reverse("console:held")
    assert QuarantinedEvent.objects.filter(state=State.REJECTED).count() == 3


def test_what_cannot_be_released_does_not_stop_the_rest(
    hr: Client, ended: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Released events of a handle that nobody has stay held; the next part begins after them and ends."""
    monkeypatch.setattr(door, "AT_ONCE", 2)
    hold_more(ended, 3)
    release, _reject = first_group(hr, "unknown_staff")
    address = release.partition("?")[0]
    answer = hr.post(address, fields_of(hr.get(release)) | {"reason": "try"})
    for _part in range(2):
        answer = hr.post(
            address, {name: value for name, value in answer.context["kept"] if value is not None}
        )
    assert answer["Location"] == reverse("console:held")
    assert not QuarantinedEvent.objects.filter(state=State.RELEASED).exists()


def test_without_a_group_nothing_is_asked(hr: Client) -> None:
    answer = hr.get(reverse("admin:activity_quarantinedevent_reject_group"))
    assert answer["Location"] == reverse("console:held")


def test_the_auditor_reads_groups_and_decides_none(client: Client, ended: Scene) -> None:
    client.force_login(somebody("auditor"))
    groups = client.get(reverse("console:held")).context["groups"]
    assert groups
    assert not any(each["acts"] for each in groups)
    assert client.get(reverse("admin:activity_quarantinedevent_reject_group")).status_code == 403


def test_awards_cost_the_same_at_any_size_and_go_on_by_key(hr: Client, ended: Scene) -> None:
    address = reverse("console:campaign-awards", args=["provisional"])
    pages = [reverse("console:awards"), address]
    first = [cost(hr, page) for page in pages]
    add_awards(ended, 60)
    assert [cost(hr, page) for page in pages] == first
    shown = hr.get(address)
    assert [each["count"] for each in shown.context["figures"]] == [61]
    assert len(shown.context["table"]["rows"]) == 50
    rest = hr.get(address + shown.context["next_address"])
    assert len(rest.context["table"]["rows"]) == 11
    number = Award.objects.order_by("pk")[5].employee.number
    assert len(hr.get(address, {"who": number}).context["table"]["rows"]) == 1


@pytest.fixture
def final(ended: Scene) -> Campaign:
    """Its award is approved; nothing was handed to payroll."""
    for _n in range(2):
        Approval.objects.create(result=ended.result, approver=make_user(), at=NOW)
    Campaign.objects.filter(pk=ended.provisional.pk).update(state=Campaign.State.FINAL)
    Award.objects.update(state=Award.State.APPROVED)
    return Campaign.objects.get(pk=ended.provisional.pk)


def waits(user: User) -> list[str]:
    found = {each.kind.name for each in inbox(Viewer(user), now=NOW).mine}
    return sorted(found & {"exports", "answers", "returned"})


def test_an_award_waits_for_payroll_and_the_answer_for_somebody_else(final: Campaign) -> None:
    one, other = somebody(), somebody()
    assert waits(one) == waits(other) == ["exports"]
    export_awards(final, by=one, now=NOW)
    assert (waits(one), waits(other)) == ([], ["answers"])
    told = [each.line.why_not for each in inbox(Viewer(one), now=NOW).others if each.kind.name == "answers"]
    assert ["handed it to payroll" in str(text) for text in told] == [True]


def test_who_wins_pays_nobody(final: Campaign) -> None:
    winner = somebody()
    User.objects.filter(pk=winner.pk).update(employee=Award.objects.get().employee)
    winner.refresh_from_db()
    assert waits(winner) == []
    told = [
        each.line.why_not for each in inbox(Viewer(winner), now=NOW).others if each.kind.name == "exports"
    ]
    assert ["among the winners" in str(text) for text in told] == [True]


def test_handing_to_payroll_is_a_button_there(hr: Client, final: Campaign) -> None:
    html = hr.get(reverse("console:campaign-awards", args=[final.slug])).content.decode()
    assert reverse("admin:campaigns_campaign_export_payroll", args=[final.pk]) in html


def test_only_days_that_a_delivery_vouches_for_are_called_complete(hr: Client, ended: Scene) -> None:
    def legend() -> set[str]:
        return {str(tone) for tone, _words in hr.get(reverse("console:sources")).context["legend"]}

    first, last = clock.now() - timedelta(days=5), clock.now() - timedelta(days=1)
    Delivery.objects.update(first_at=first, last_at=last, covers_from=None, covers_to=None)
    assert "unsaid" in legend()
    assert "all" not in legend()
    Delivery.objects.update(covers_from=first, covers_to=last)
    assert "all" in legend()
    assert "unsaid" not in legend()
