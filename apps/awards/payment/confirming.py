"""Take over what payroll answered: figures, paid, returned. The whole file or nothing."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.audit.services import record
from apps.awards.models import Award, Payment
from apps.awards.payment.answers import Answer, Wrong, check_identity
from apps.awards.payment.people import CONFIRM, check_person
from apps.awards.payment.reading import Line, read
from apps.awards.payment.refusals import ConfirmationRefused, Problem
from apps.campaigns import lifecycle
from apps.campaigns.models import Campaign
from apps.directory.models import User
from apps.integrity.hold import hold
from bonus_tracker.clock import company_zone

State = Payment.State


@dataclass
class Report:
    """What a file says, payment by payment; unchanged: said before, or not filled in.

    gross, tax: payroll's, of all that are paid together.
    """

    paid: list[Payment] = field(default_factory=list)
    returned: list[Payment] = field(default_factory=list)
    noted: list[Payment] = field(default_factory=list)
    unchanged: int = 0
    campaign_paid: bool = False
    gross: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)

    def sentences(self) -> list[str]:
        said = [
            ngettext("%d award is paid.", "%d awards are paid.", len(self.paid)) % len(self.paid),
            ngettext("%d came back.", "%d came back.", len(self.returned)) % len(self.returned),
            ngettext("Figures of %d are noted.", "Figures of %d are noted.", len(self.noted))
            % len(self.noted),
            ngettext("%d line says nothing new.", "%d lines say nothing new.", self.unchanged)
            % self.unchanged,
        ]
        counts = (len(self.paid), len(self.returned), len(self.noted), self.unchanged)
        said = [sentence for sentence, count in zip(said, counts, strict=True) if count]
        said += [
            _("%(reference)s: payroll's net is %(net)s and %(promised)s was promised; it cannot be paid so.")
            % {
                "reference": payment.reference,
                "net": payment.net,
                "promised": payment.award.net_amount,
            }
            for payment in self.noted
            if payment.differs
        ]
        return said + ([_("All awards are paid, and so is the campaign.")] if self.campaign_paid else [])

    def totals(self) -> list[str]:
        """For whoever is about to confirm; once paid, payroll's gross and tax are kept nowhere."""
        if not self.paid:
            return []
        values = {"gross": self.gross, "tax": self.tax, "net": self.gross - self.tax}
        shown = {name: f"{value:,.2f}" for name, value in values.items()}
        said = _("Altogether: gross %(gross)s, tax %(tax)s, net %(net)s %(currency)s.")
        return [said % (shown | {"currency": self.paid[0].award.currency})]


@transaction.atomic
def confirm(campaign: Campaign, content: bytes, *, by: User, now: datetime, dry_run: bool = False) -> Report:
    """Take over payroll's file; the same file again changes nothing.

    dry_run: check everything, change nothing. Raises PaymentRefused; ConfirmationRefused with every mistake.
    """
    campaign = hold(campaign)
    check_person(by, CONFIRM, campaign)
    lines = read(content)
    payments = _payments(campaign)
    report, problems, seen = Report(), [], set()
    today = now.astimezone(company_zone()).date()
    for line in lines:
        try:
            reference = line.values.get("reference", "")
            if reference in seen:
                raise Wrong(_("%s is there twice.") % reference)
            seen.add(reference)
            _take(line, payments.get(reference), report, by=by, today=today)
        except Wrong as wrong:
            problems.append(Problem(line.number, str(wrong)))
    if problems:
        raise ConfirmationRefused(problems)
    if not dry_run:
        _store(campaign, report, by=by, now=now)
    return report


def _payments(campaign: Campaign) -> dict[str, Payment]:
    payments = Payment.objects.filter(export__campaign=campaign).select_related("export", "award__employee")
    return {payment.reference: payment for payment in payments}


def _take(line: Line, payment: Payment | None, report: Report, *, by: User, today: date) -> None:
    """Change the payment in memory as the line says, and report it. Raises Wrong."""
    answer = Answer.of(line)
    if payment is None:
        raise Wrong(_("“%s” is no payment of this campaign.") % line.values.get("reference", "")[:40])
    check_identity(line, payment)
    if answer is None or _says_nothing_new(answer, payment):
        report.unchanged += 1
        return
    if payment.export.made_by_id == by.pk:
        raise Wrong(_("you handed it to payroll, so somebody else must bring in the answer."))
    if answer.returned:
        _return(payment, answer)
        report.returned.append(payment)
    elif payment.state != State.OPEN:
        raise Wrong(
            _("it is %s already; only a payment that is with payroll can be answered.")
            % payment.get_state_display()
        )
    elif answer.paid_on is None:
        payment.gross, payment.tax = answer.gross, answer.tax
        report.noted.append(payment)
    else:
        _pay(payment, answer, today)
        report.gross += answer.gross or 0
        report.tax += answer.tax or 0
        report.paid.append(payment)


def _says_nothing_new(answer: Answer, payment: Payment) -> bool:
    if payment.state == State.PAID:
        return answer.paid_on == payment.paid_on and answer.paid == payment.award.net_amount
    if payment.state == State.RETURNED:
        return answer.returned == payment.returned_reason
    return (
        answer.paid_on is None
        and not answer.returned
        and (answer.gross, answer.tax)
        == (
            payment.gross,
            payment.tax,
        )
    )


def _pay(payment: Payment, answer: Answer, today: date) -> None:
    assert answer.paid_on is not None
    if answer.paid != payment.award.net_amount:
        raise Wrong(
            _(
                "%(paid)s net was paid and %(promised)s was promised; it cannot be marked as paid. "
                "Correct it with payroll."
            )
            % {"paid": answer.paid, "promised": payment.award.net_amount}
        )
    exported_on = payment.export.made_at.astimezone(company_zone()).date()
    if not exported_on <= answer.paid_on <= today:
        raise Wrong(
            _(
                "it cannot have been paid on %(day)s; it went to payroll on %(exported)s and today is %(today)s."
            )
            % {"day": answer.paid_on, "exported": exported_on, "today": today}
        )
    payment.state, payment.paid_on = State.PAID, answer.paid_on
    payment.gross = payment.tax = None


def _return(payment: Payment, answer: Answer) -> None:
    if payment.state == State.RETURNED:
        raise Wrong(_("it came back already, because: %s") % payment.returned_reason)
    payment.state, payment.returned_reason = State.RETURNED, answer.returned
    payment.gross = payment.tax = None


def _store(campaign: Campaign, report: Report, *, by: User, now: datetime) -> None:
    changed = [*report.paid, *report.returned, *report.noted]
    for payment in changed:
        payment.answered_by, payment.answered_at = by, now
    fields = ["state", "gross", "tax", "paid_on", "returned_reason", "answered_by", "answered_at"]
    Payment.objects.bulk_update(changed, fields, batch_size=500)
    before = dict(Award.objects.filter(campaign=campaign).values_list("pk", "state"))
    for state, payments in ((Award.State.PAID, report.paid), (Award.State.RETURNED, report.returned)):
        Award.objects.filter(payments__in=payments).update(state=state)
    _move_campaign(campaign, report, by=by, now=now)
    _log(campaign, report, before, by=by, now=now)


def _move_campaign(campaign: Campaign, report: Report, *, by: User, now: datetime) -> None:
    actor = by.get_username()
    if report.returned and campaign.state == Campaign.State.PAID:
        lifecycle.take_back_paid(campaign, now=now, actor=actor)
    given = campaign.awards.exclude(state=Award.State.PROPOSED)
    if report.paid and not given.exclude(state=Award.State.PAID).exists():
        report.campaign_paid = lifecycle.mark_paid(campaign, now=now, actor=actor)


def _log(campaign: Campaign, report: Report, before: dict[int, str], *, by: User, now: datetime) -> None:
    """What was paid to whom, one entry a file; payroll's figures about people are not written down.

    before: what state each award was in.
    """
    for action, payments, state in (
        ("awards paid", report.paid, Award.State.PAID.value),
        ("awards returned", report.returned, Award.State.RETURNED.value),
        ("payroll figures noted", report.noted, ""),
    ):
        if payments:
            record(
                action,
                actor=by.get_username(),
                subject=f"campaign {campaign.slug}",
                at=now,
                details={"payments": [_said(payment) for payment in payments]}
                | _moved({before[payment.award_id] for payment in payments}, state),
            )


def _moved(before: set[str], after: str) -> dict[str, Any]:
    return {"before": {"state": sorted(before)}, "after": {"state": after}} if after else {}


def _said(payment: Payment) -> dict[str, str]:
    said = {
        "reference": payment.reference,
        "employee": payment.award.employee.number,
        "net": f"{payment.award.net_amount} {payment.award.currency}",
    }
    if payment.paid_on:
        said["paid on"] = payment.paid_on.isoformat()
    if payment.returned_reason:
        said["reason"] = payment.returned_reason
    if payment.state == State.OPEN:
        said["as promised"] = "no" if payment.differs else "yes"
    return said
