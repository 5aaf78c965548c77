"""Forget a person, or stop counting them; the log and sealed results keep pseudonyms and go on holding."""

from collections.abc import Iterator
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import connection, transaction
from django.db.models import Q

from apps.activity.contact_facts import FactRefused, record_fact
from apps.activity.gate import close_gate
from apps.activity.models import ContactFact, QuarantinedEvent, Tie
from apps.activity.sql import note_arrival
from apps.audit.models import Entry
from apps.audit.services import record
from apps.campaigns.lifecycle import is_open_to_choice, leave_contest
from apps.campaigns.models import Appearance, Campaign
from apps.directory.models import Account, Employee, Employment
from apps.integrity.models import Decision
from apps.integrity.subjects.finding import Subject, SubjectRefused
from bonus_tracker.clock import company_zone

State = Campaign.State
NEEDS_DATA = (State.RUNNING, State.SETTLING, State.PROVISIONAL, State.FINAL)
ERASED = "–"


@transaction.atomic
def erase(subject: Subject, *, reason: str, actor: str, now: datetime) -> dict[str, int]:
    """Remove what identifies the person and what was recorded of their talk; answers how many rows went.

    What was sealed stays under its number or pseudonym: it decides about others' money. Raises SubjectRefused
    while a campaign needs the data, or of an employee who still works here.
    """
    close_gate()
    _refuse_while_needed()
    _check_reason(reason)
    if subject.employee:
        _refuse_while_employed(subject.employee, now)
    gone = {"messages": _forget_in_ledger(subject.accounts), "ties": _forget_ties(subject)}
    gone["held back"] = QuarantinedEvent.objects.filter(_held(subject)).delete()[0]
    if subject.employee:
        _forget_employee(subject.employee)
    else:
        _forget_contact(subject)
    note_arrival()
    record(
        "subject erased", actor=actor, subject=subject.name, at=now, details=gone | {"reason": reason.strip()}
    )
    return gone


@transaction.atomic
def block(subject: Subject, *, reason: str, actor: str, now: datetime) -> list[str]:
    """Count no longer, from the next ranking on: a contact for nobody, an employee in no contest that runs.

    Answers what was done. Raises SubjectRefused.
    """
    _check_reason(reason)
    done = []
    if subject.contact:
        try:
            record_fact(subject.contact, ContactFact.Kind.NOT_COUNTED, reason=reason, actor=actor, now=now)
        except FactRefused as error:
            raise SubjectRefused(str(error)) from error
        done.append(f"{subject.name} counts for nobody.")
    elif subject.employee:
        done.extend(_take_out_of_contests(subject.employee, actor, now))
    details = {"reason": reason.strip(), "done": done}
    record("subject blocked", actor=actor, subject=subject.name, at=now, details=details)
    return done


def _take_out_of_contests(employee: Employee, actor: str, now: datetime) -> Iterator[str]:
    for campaign in Campaign.objects.filter(state__in=(State.SCHEDULED, State.RUNNING)).order_by("slug"):
        if is_open_to_choice(campaign, now=now) and leave_contest(campaign, employee, now, actor=actor):
            yield f"employee {employee.number} has left {campaign.slug}."


def _refuse_while_needed() -> None:
    needed = (
        Campaign.objects.filter(state__in=NEEDS_DATA, is_rehearsal=False).order_by("deadline", "slug").first()
    )
    if needed:
        raise SubjectRefused(
            f"Campaign {needed.slug} needs the data until it is paid or void; block the person now and erase then."
        )


def _refuse_while_employed(employee: Employee, now: datetime) -> None:
    today = now.astimezone(company_zone()).date()
    here = Employment.objects.filter(employee=employee).filter(Q(ends_on=None) | Q(ends_on__gte=today))
    if here.exists():
        raise SubjectRefused(f"Employee {employee.number} is employed; record the last day first.")


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise SubjectRefused("Give --reason; it stays in the audit log.")


def _forget_in_ledger(accounts: list[int]) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT activity_forget(%s::bigint[])", [accounts])
        return int(cursor.fetchone()[0])


def _forget_ties(subject: Subject) -> int:
    ties = Tie.objects.filter(contact_id__in=subject.accounts)
    if subject.employee:
        ties |= Tie.objects.filter(employee=subject.employee)
    return ties.delete()[0]


def _held(subject: Subject) -> Q:
    return Q(sender__in=subject.accounts) | Q(recipient__in=subject.accounts)


def _forget_contact(subject: Subject) -> None:
    ContactFact.objects.filter(contact_id__in=subject.accounts).update(reason=ERASED)
    if subject.contact:
        subject.contact.delete()


def _forget_employee(employee: Employee) -> None:
    """The number stays, as the log and sealed results call them; a sign-in that acted stays for the same reason."""
    Employee.objects.filter(pk=employee.pk).update(name=ERASED)
    for account in Account.objects.filter(owners__employee=employee).distinct():
        Account.objects.filter(pk=account.pk).update(handle=f"erased {account.pk}")
    Decision.objects.filter(employee=employee).exclude(evidence="").update(evidence="")
    employee.objections.update(text="", answer="")
    employee.appearances.exclude(mode=Appearance.Mode.HIDDEN).delete()
    employee.appearances.update(alias="")  # who was hidden stays so on boards of the past
    user = getattr(employee, "user", None)
    if user is None:
        return
    Authenticator.objects.filter(user=user).delete()
    user.email = user.first_name = user.last_name = ""
    user.is_active = False
    user.set_unusable_password()
    if not Entry.objects.filter(actor=user.username).exists():
        user.username = f"erased {user.pk}"
    user.save()
