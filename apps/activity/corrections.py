"""What a correction of the directory means for ties and quarantine; registered in ActivityConfig.ready."""

from datetime import date

from django.db import connection

from apps.activity import sql
from apps.activity.models import Contact, Delivery, Derivation
from apps.activity.owed import derive_again
from apps.directory.corrections import Touched
from apps.directory.handles import domain_key
from apps.directory.models import CompanyDomain
from bonus_tracker import clock


def follow(touched: Touched) -> None:
    """Derive again what the directory said differently when it came in; the gate is closed."""
    if touched.domains_changed:
        _mark_company_contacts()
    if touched and Delivery.objects.exists():
        derivation = Derivation(
            subject="directory",
            employee_ids=sorted(touched.employee_ids),
            account_keys=sorted(touched.account_keys),
        )
        derive_again(derivation, now=clock.now())
    sql.note_arrival()  # departments and entities decide who takes part


def _mark_company_contacts() -> None:
    """Contacts at a company domain were staff all along; they no longer count for anybody."""
    keys = [domain_key(domain) for domain in CompanyDomain.objects.values_list("domain", flat=True)]
    at_company = {"domain_keys__overlap": keys}
    Contact.objects.filter(is_company=True).exclude(**at_company).update(is_company=False)
    Contact.objects.filter(is_company=False, **at_company).update(is_company=True)


def first_day() -> date | None:
    """The first day, on the company's calendar, of which any traffic was taken in."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (min(first_at) AT TIME ZONE %(zone)s)::date FROM activity_delivery WHERE state <> 'withdrawn'",
            sql.calendar(),
        )
        first: date | None = cursor.fetchone()[0]
        return first
