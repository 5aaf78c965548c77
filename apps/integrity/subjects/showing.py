"""Everything that is kept about a person, for that person."""

from typing import Any

from django.db import connection
from django.forms.models import model_to_dict

from apps.activity.models import ContactFact, QuarantinedEvent, Tie
from apps.audit.models import Entry
from apps.directory.models import Account, Employee
from apps.integrity.models import Decision, Notice, Objection
from apps.integrity.subjects.finding import Subject
from apps.ranking.models import FixedContact, FixedEmployee, FixedTie, Standing

Shown = dict[str, Any]


def shown(subject: Subject) -> Shown:
    """Tables by name; what concerns somebody else beside them is a number or a pseudonym."""
    own = _of_employee(subject.employee) if subject.employee else _of_contact(subject)
    return {"subject": subject.name} | own | {"ledger": _ledger(subject.accounts)} | _in_log(subject)


def _of_employee(employee: Employee) -> Shown:
    user = getattr(employee, "user", None)
    return {
        "employee": model_to_dict(employee, ["number", "name"]),
        "user": model_to_dict(user, ["username", "email", "first_name", "last_name", "is_active"])
        if user
        else None,
        "employments": [str(each) for each in employee.employments.all()],
        "departments": [
            f"{each.department} {each.starts_on}..{each.ends_on or ''}"
            for each in employee.department_memberships.select_related("department")
        ],
        "accounts": [str(each) for each in Account.objects.filter(owners__employee=employee).distinct()],
        "ties": [_tie(each) for each in Tie.objects.filter(employee=employee).order_by("contact_id")],
        "left contests": [str(each.campaign) for each in employee.opt_outs.select_related("campaign")],
        "appearances": [
            _text(each, "mode", "alias") | {"campaign": each.campaign.slug}
            for each in employee.appearances.select_related("campaign")
        ],
        "standings": Standing.objects.filter(employee=employee).count(),
        "sealed ties": FixedTie.objects.filter(employee=employee).count(),
        "sealed in": _campaigns(FixedEmployee.objects.filter(employee=employee)),
        "awards": [str(each) for each in employee.awards.order_by("pk")],
        "decisions": [
            _text(each, "reason", "evidence") for each in Decision.objects.filter(employee=employee)
        ],
        "objections": [_text(each, "text", "answer") for each in Objection.objects.filter(employee=employee)],
        "notices": Notice.objects.filter(employee=employee).count(),
    }


def _of_contact(subject: Subject) -> Shown:
    contact, (key,) = subject.contact, subject.accounts
    facts = ContactFact.objects.filter(contact_id=key).order_by("pk")
    ties = Tie.objects.filter(contact_id=key).select_related("employee").order_by("employee__number")
    return {
        "contact": {"pseudonym": key, "platform": contact.platform, "hint": contact.hint}
        if contact
        else None,
        "ties": [_tie(each) | {"employee": each.employee.number} for each in ties],
        "facts": [_text(each, "kind", "reason") for each in facts],
        "held back": QuarantinedEvent.objects.filter(sender=key).count()
        + QuarantinedEvent.objects.filter(recipient=key).count(),
        "sealed in": _campaigns(FixedContact.objects.filter(contact_id=key)),
        "sealed ties": FixedTie.objects.filter(contact_id=key).count(),
    }


def _tie(tie: Tie) -> Shown:
    return {"contact": tie.contact_id, "first day": str(tie.first_date), "last day": str(tie.anchor)}


def _campaigns(fixed: Any) -> list[str]:
    return sorted(fixed.values_list("campaign__slug", flat=True))


def _text(row: Any, *names: str) -> Shown:
    return {name: getattr(row, name) for name in names}


def _ledger(accounts: list[int]) -> Shown:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), min(occurred_at), max(occurred_at) FROM activity_interaction "
            "WHERE sender = ANY(%(accounts)s) OR recipient = ANY(%(accounts)s)",
            {"accounts": accounts},
        )
        messages, first, last = cursor.fetchone()
    return {"messages": messages, "first": str(first or ""), "last": str(last or "")}


def _in_log(subject: Subject) -> Shown:
    entries = Entry.objects.about(subject.name)
    return {
        "audit log": [f"{each.number} {each.at:%Y-%m-%d} {each.action} by {each.actor}" for each in entries]
    }
