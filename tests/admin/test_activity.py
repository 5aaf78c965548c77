"""Deliveries, quarantine, contacts and looks."""

import pytest
from django.test import Client

from apps.activity.batch import Event
from apps.activity.ingest import apply_batch
from apps.activity.models import ContactFact, Delivery, QuarantinedEvent, Source, Tie
from apps.activity.sql import input_version
from apps.audit.models import Entry
from apps.leaderboard.looks import looks_at
from bonus_tracker.admin_site.figures import figure
from tests.admin.scene import NOW, OTHER_STRANGER, STRANGER, Scene, last_entry, page, sign_in
from tests.factories import make_contact, make_employee, make_tie

pytestmark = pytest.mark.django_db


def test_withdrawing_shows_what_it_touches_then_does_it(client: Client, scene: Scene) -> None:
    sign_in(client, "HR")
    address = page("activity_delivery_withdraw", scene.delivery.pk)
    sentences = client.get(address).context["sentences"]
    assert sentences[:3] == [
        "14 interactions of this delivery no longer count.",
        "Ties derived again: 2, of 1 employees.",
        "Held events that are rejected with it: 2.",
    ]
    assert Tie.objects.count() == 2
    assert client.post(address, {"reason": ""}).status_code == 200
    assert Tie.objects.count() == 2
    client.post(address, {"reason": "sent twice"})
    scene.delivery.refresh_from_db()
    assert (scene.delivery.state, Tie.objects.count()) == (Delivery.State.WITHDRAWN, 0)
    assert (last_entry().actor, last_entry().details["reason"]) == ("the-hr", "sent twice")
    client.post(address, {"reason": "again"})
    assert Entry.objects.filter(action="delivery withdrawn").count() == 1


@pytest.mark.parametrize(("action", "state"), [("release", "held"), ("reject", "rejected")])
def test_deciding_about_held_events_asks_first(client: Client, scene: Scene, action: str, state: str) -> None:
    """The handle is still nobody's, so the released event stays held."""
    sign_in(client, "HR")
    address = page("activity_quarantinedevent_changelist")
    chosen = {"action": action, "_selected_action": [str(scene.held.pk)]}
    entries = Entry.objects.count()
    assert client.post(address, chosen).status_code == 200
    assert client.post(address, chosen | {"confirmed": "yes", "reason": ""}).status_code == 200
    assert Entry.objects.count() == entries
    client.post(address, chosen | {"confirmed": "yes", "reason": "known to us"})
    scene.held.refresh_from_db()
    assert scene.held.state == state
    entry = last_entry()
    assert (entry.actor, entry.details["reason"], entry.details["events"]) == (
        "the-hr",
        "known to us",
        [scene.held.pk],
    )


def test_who_may_not_decide_has_no_such_action(client: Client, scene: Scene) -> None:
    sign_in(client, "auditor")
    chosen = {"action": "reject", "_selected_action": [str(scene.held.pk)], "confirmed": "yes", "reason": "x"}
    client.post(page("activity_quarantinedevent_changelist"), chosen)
    assert QuarantinedEvent.objects.filter(state="held").count() == 2


def test_a_contact_is_found_by_its_handle_alone(client: Client, scene: Scene) -> None:
    sign_in(client, "auditor")
    answer = client.post(page("activity_contact_find"), {"platform": "im", "handle": f" {STRANGER.upper()} "})
    assert answer["Location"] == page("activity_contact_change", scene.contact.pk)


def test_an_unknown_handle_is_not_repeated(
    client: Client, scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    sign_in(client, "auditor")
    handle = "canary.handle@nowhere.example"
    answer = client.post(page("activity_contact_find"), {"platform": "im", "handle": handle})
    assert "Nobody in the company" in answer.content.decode()
    assert handle not in answer.content.decode()
    assert handle not in caplog.text


def test_a_handle_in_the_address_finds_nothing(client: Client, scene: Scene) -> None:
    sign_in(client, "auditor")
    answer = client.get(page("activity_contact_find"), {"platform": "im", "handle": STRANGER})
    assert answer.status_code == 200
    assert STRANGER not in answer.content.decode()


def test_contacts_are_never_listed(client: Client, scene: Scene) -> None:
    sign_in(client, "superuser")
    assert client.get(page("activity_contact_changelist"))["Location"] == page("activity_contact_find")


def test_a_merge_is_recorded_and_revoked(client: Client, scene: Scene) -> None:
    sign_in(client, "HR")
    version = input_version()
    merge = {"platform": "im", "handle": OTHER_STRANGER, "reason": "told by the employee"}
    client.post(page("activity_contact_merge", scene.contact.pk), merge)
    fact = ContactFact.objects.get(kind="same_person")
    assert (fact.contact_id, fact.person_id, fact.recorded_by) == (
        scene.contact.pk,
        scene.other_contact.pk,
        "the-hr",
    )
    assert input_version() == version + 1
    revoke = page("activity_contactfact_revoke", fact.pk)
    client.get(revoke)
    fact.refresh_from_db()
    assert fact.revoked_at is None
    client.post(revoke, {"reason": "a mistake"})
    fact.refresh_from_db()
    assert (fact.revoked_at, fact.revoked_by) == (NOW, "the-hr")
    assert last_entry().details["reason"] == "a mistake"


def test_a_contact_is_handed_over_from_one_to_another(client: Client, scene: Scene) -> None:
    sign_in(client, "HR")
    address, taker = page("activity_contact_hand_over", scene.contact.pk), make_employee(number="E777")
    given = {"giver": "E001", "taker": "E777", "on": f"{NOW:%Y-%m-%d}", "reason": "a new territory"}
    for wrong in ({"taker": "E999"}, {"giver": "E777"}, {"on": "2099-01-01"}, {"reason": ""}):
        client.post(address, given | wrong)
        assert not ContactFact.objects.filter(kind="handed_over").exists()
    client.post(address, given)
    fact = ContactFact.objects.get(kind="handed_over")
    assert (fact.from_employee, fact.employee, fact.since) == (scene.employee, taker, NOW.date())
    assert last_entry().details["to"] == "E777"
    assert "E777" in client.get(page("activity_contact_change", scene.contact.pk)).content.decode()


def test_an_employees_own_account_and_a_contact_that_does_not_count(client: Client, scene: Scene) -> None:
    sign_in(client, "HR")
    own = page("activity_contact_own_account", scene.contact.pk)
    assert client.post(own, {"employee": "E999", "reason": "x"}).status_code == 200
    client.post(own, {"employee": "E001", "reason": "a private phone"})
    client.post(page("activity_contact_do_not_count", scene.contact.pk), {"reason": "a relay"})
    kinds = ContactFact.objects.filter(contact_id=scene.contact.pk).order_by("kind")
    assert [(fact.kind, fact.employee) for fact in kinds] == [
        ("employee", scene.employee),
        ("not_counted", None),
    ]


def test_looking_at_ties_needs_a_reason_and_is_written_first(client: Client, scene: Scene) -> None:
    sign_in(client, "auditor")
    address = page("directory_employee_ties", scene.employee.pk)
    hint = scene.contact.hint
    entries = Entry.objects.count()
    for asked in (client.get(address), client.post(address, {"reason": " "})):
        assert hint not in asked.content.decode()
    assert Entry.objects.count() == entries
    shown = client.post(address, {"reason": "an objection"})
    assert hint in shown.content.decode()
    entry = last_entry()
    assert (entry.action, entry.actor, entry.subject) == ("contacts viewed", "the-auditor", "employee E001")
    assert entry.details == {"reason": "an objection"}


def test_ties_are_paged_by_key_and_every_page_is_written(client: Client, scene: Scene) -> None:
    sign_in(client, "auditor")
    for n in range(70):  # a hint shows the first two characters
        make_tie(scene.employee, make_contact(f"{n:02}-friend@outside.example"), sent=[NOW.date()])
    address = page("directory_employee_ties", scene.employee.pk)
    first = client.post(address, {"reason": "an objection"}).context["table"]
    second = client.post(address, {"reason": "an objection", "after": first.after}).context["table"]
    assert (len(first.rows), len(second.rows), second.after) == (50, 22, "")
    assert not {row[0] for row in first.rows} & {row[0] for row in second.rows}
    assert last_entry().details == {"reason": "an objection", "page after": first.after}


def test_a_deliverys_interactions_are_paged_in_time_order(client: Client, scene: Scene) -> None:
    sign_in(client, "auditor")
    delivery = Delivery.objects.create(source=Source.objects.get(), actor="test", received_at=NOW)
    events = [Event(n, NOW.replace(minute=n % 4), "an@company.example", STRANGER, n) for n in range(70)]
    apply_batch(delivery, events, now=NOW.replace(minute=10))
    address = page("activity_delivery_interactions", delivery.pk)
    first = client.post(address, {"reason": "a wrong file"}).context["table"]
    second = client.post(address, {"reason": "a wrong file", "after": first.after}).context["table"]
    rows = [*first.rows, *second.rows]
    assert (len(first.rows), len(rows)) == (50, 70)
    assert rows == sorted(rows)
    assert rows[0][1:3] == ("an@company.example", scene.contact.hint)


def test_employees_read_of_looks_at_a_delivery_that_shows_their_contacts(
    client: Client, scene: Scene
) -> None:
    sign_in(client, "HR")
    address = page("activity_delivery_interactions", scene.delivery.pk)
    client.post(address, {"reason": "a wrong file"})
    assert [look.reason for look in looks_at(scene.employee)] == ["a wrong file"]
    assert last_entry().details == {"in": f"delivery {scene.delivery.pk}", "reason": "a wrong file"}


@pytest.mark.parametrize("after", ["²", "1" * 5000, "--5", "٣x", str(2**63), "²-1", f"{'1' * 5000}-1"])
def test_a_key_that_is_none_shows_the_first_page(client: Client, scene: Scene, after: str) -> None:
    sign_in(client, "superuser")
    reason = {"reason": "an objection", "employee": "E001", "after": after[:100]}
    for address in (
        page("directory_employee_ties", scene.employee.pk),
        page("ranking_result_fixed_ties", scene.result.pk),
    ):
        assert len(client.post(address, reason).context["table"].rows) == 2
    standings = client.get(page("ranking_run_standings", scene.run.pk), {"after": after})
    assert len(standings.context["table"].rows) == 1
    assert len(client.get(page("audit_entry_changelist"), {"before": after}).context["cl"].result_list) > 1


def test_fixed_input_of_one_employee(client: Client, scene: Scene) -> None:
    sign_in(client, "auditor")
    address = page("ranking_result_fixed_ties", scene.result.pk)
    table = client.post(address, {"employee": "E001", "reason": "an objection"}).context["table"]
    assert sorted(table.rows) == sorted(
        [(scene.contact.hint, figure(4), figure(4)), (scene.other_contact.hint, figure(3), figure(3))]
    )
    assert last_entry().subject == "employee E001"


def test_the_lag_of_a_source_is_changed_with_before_and_after(client: Client, scene: Scene) -> None:
    sign_in(client, "administrator")
    client.post(page("activity_source_change", scene.delivery.source_id), {"lag_minutes": "15"})
    assert (last_entry().subject, last_entry().details) == ("source chat", {"lag_minutes": [None, 15]})
