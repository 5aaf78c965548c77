"""A final result and the people who pay its prizes."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Permission

from apps.awards.due import tick
from apps.awards.models import Award, PayrollExport
from apps.awards.payment.exporting import export_awards
from apps.awards.services import approve
from apps.campaigns.models import Campaign
from apps.directory.models import User
from tests.awards.stories import befriend, deliver
from tests.factories import DEADLINE, make_campaign, make_employee, make_user
from tests.integrity.ready import complete_sources, make_ready

SETTLED = DEADLINE + timedelta(hours=72)
FINAL = SETTLED + timedelta(days=7)
EXPORTED = FINAL + timedelta(days=1)  # 12 January 2027 in Shanghai
ANSWERED = EXPORTED + timedelta(days=10)
PAYING = ("add_payrollexport", "view_payrollexport", "change_payment", "change_award", "add_approval")


def officer(name: str = "", *rights: str, **fields: Any) -> User:
    """Somebody of HR, with all rights about payment when none are named."""
    user = make_user(name, **fields)
    user.user_permissions.add(*Permission.objects.filter(codename__in=rights or PAYING))
    return User.objects.get(pk=user.pk)


def final_campaign(*prizes: str, **fields: Any) -> Campaign:
    """A final result; the first employee has most contacts, and so on, one employee more than prizes."""
    people = [make_employee() for _ in range(len(prizes) + 1)]
    deliver([e for n, person in enumerate(people) for e in befriend(person, len(people) - n)])
    campaign = make_campaign(*prizes, **fields)
    approvers = [officer(), officer()]
    complete_sources()
    tick(now=SETTLED)
    make_ready(campaign, now=FINAL)
    for approver in approvers:
        approve(campaign.results.get(), approver, now=FINAL)
    return Campaign.objects.get(pk=campaign.pk)


def exported(campaign: Campaign, by: User | None = None) -> PayrollExport:
    export = export_awards(campaign, by=by or officer(), now=EXPORTED)
    assert export is not None
    return export


def states(campaign: Campaign) -> list[str]:
    return list(campaign.awards.order_by("place", "employee__number").values_list("state", flat=True))


def file(*lines: str, header: str = "reference,gross,tax,paid,paid_on,returned") -> bytes:
    return "\n".join([header, *lines]).encode()


def paid_line(award: Award, *, net: str = "", paid_on: str = "2027-01-15", reference: str = "") -> str:
    """As payroll answers when a tenth of the gross amount is withheld."""
    paid = Decimal(net) if net else award.net_amount
    tax = (paid / 9).quantize(Decimal("0.01"))
    reference = reference or award.payments.order_by("-pk")[0].reference
    return f"{reference},{paid + tax},{tax},{paid},{paid_on},"


def paid_file(campaign: Campaign, **changes: str) -> bytes:
    awards = campaign.awards.filter(state=Award.State.EXPORTED).order_by("place")
    return file(*(paid_line(award, **changes) for award in awards))
