"""What HR knows of contacts never makes a chain."""

import pytest

from apps.activity.contact_facts import FactRefused, record_fact, revoke_fact
from apps.activity.models import Contact, ContactFact
from apps.activity.sql import input_version
from apps.audit.models import Entry
from tests.factories import START, make_contact, make_employee

pytestmark = pytest.mark.django_db


def merge(contact: Contact, other: Contact) -> ContactFact:
    return record_fact(contact, "same_person", other=other, reason="told so", actor="hr", now=START)


def standing() -> set[tuple[int, int | None]]:
    facts = ContactFact.objects.filter(kind="same_person", revoked_at=None)
    return {(fact.contact_id, fact.person_id) for fact in facts}


def test_a_fact_is_audited_and_calls_for_a_ranking() -> None:
    contact, version = make_contact(), input_version()
    fact = record_fact(contact, "not_counted", reason=" a relay ", actor="hr", now=START)
    assert (fact.reason, fact.recorded_by, fact.recorded_at) == ("a relay", "hr", START)
    entry = Entry.objects.get()
    assert (entry.action, entry.subject, entry.actor) == (
        "contact fact recorded",
        f"contact {contact.pk}",
        "hr",
    )
    assert input_version() == version + 1


def test_merging_into_a_merged_contact_goes_to_its_root() -> None:
    a, b, c = make_contact(), make_contact(), make_contact()
    merge(a, b)
    merge(c, a)
    assert standing() == {(a.pk, b.pk), (c.pk, b.pk)}


def test_contacts_that_pointed_at_a_merged_root_are_pointed_at_the_new_one() -> None:
    a, b, c = make_contact(), make_contact(), make_contact()
    merge(a, b)
    merge(b, c)
    assert standing() == {(a.pk, c.pk), (b.pk, c.pk)}
    assert ContactFact.objects.filter(contact_id=a.pk, revoked_by="hr").count() == 1


def test_two_persons_become_one_whatever_contacts_are_named() -> None:
    a, b, c, d = (make_contact() for _n in range(4))
    merge(a, b)
    merge(c, d)
    merge(b, c)
    assert standing() == {(a.pk, d.pk), (b.pk, d.pk), (c.pk, d.pk)}


def test_a_circle_is_refused() -> None:
    a, b = make_contact(), make_contact()
    merge(a, b)
    with pytest.raises(FactRefused, match="one person already"):
        merge(b, a)
    with pytest.raises(FactRefused, match="one person already"):
        merge(b, b)
    assert standing() == {(a.pk, b.pk)}


def test_the_same_fact_twice_is_refused_until_revoked() -> None:
    contact = make_contact()
    fact = record_fact(contact, "not_counted", reason="x", actor="hr", now=START)
    with pytest.raises(FactRefused, match="recorded already"):
        record_fact(contact, "not_counted", reason="x", actor="hr", now=START)
    assert revoke_fact(fact, reason="wrong", actor="hr", now=START)
    assert not revoke_fact(fact, reason="wrong", actor="hr", now=START)
    record_fact(contact, "not_counted", reason="x", actor="hr", now=START)
    assert ContactFact.objects.filter(revoked_at=None).count() == 1


def test_revoking_is_audited_once_and_calls_for_a_ranking() -> None:
    fact = record_fact(make_contact(), "not_counted", reason="x", actor="hr", now=START)
    version = input_version()
    revoke_fact(fact, reason="wrong", actor="ann", now=START)
    revoke_fact(fact, reason="wrong", actor="ann", now=START)
    assert Entry.objects.filter(action="contact fact revoked", actor="ann").count() == 1
    assert input_version() == version + 1


def test_a_fact_needs_a_reason_and_points_at_one_thing() -> None:
    contact = make_contact()
    with pytest.raises(FactRefused, match="reason"):
        record_fact(contact, "not_counted", reason=" ", actor="hr", now=START)
    with pytest.raises(ValueError, match="does not point"):
        record_fact(contact, "not_counted", reason="x", actor="hr", now=START, employee=make_employee())
    with pytest.raises(ValueError, match="does not point"):
        record_fact(contact, "employee", reason="x", actor="hr", now=START)
    assert not ContactFact.objects.exists()


def test_an_employees_own_account_names_the_employee() -> None:
    employee = make_employee(number="E7")
    fact = record_fact(make_contact(), "employee", reason="x", actor="hr", now=START, employee=employee)
    assert fact.employee == employee
    assert Entry.objects.get().details["employee"] == "E7"
