"""A payment that came back is made again, when a second person says so."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from apps.audit.services import record
from apps.awards.models import Award, Payment
from apps.awards.payment.people import PAY_AGAIN, check_person
from apps.awards.payment.refusals import PaymentRefused
from apps.campaigns.models import Campaign
from apps.directory.models import User
from apps.integrity.hold import hold


@transaction.atomic
def pay_again(award: Award, *, reason: str, by: User, now: datetime) -> None:
    """Let the next export hand the award to payroll once more. Raises PaymentRefused."""
    campaign = hold(award.campaign)
    check_person(by, PAY_AGAIN, campaign)
    award = Award.objects.select_for_update().get(pk=award.pk)
    if award.state != Award.State.RETURNED:
        raise PaymentRefused(
            _("The award is %s; only one that came back is paid again.") % award.get_state_display()
        )
    if not reason.strip():
        raise PaymentRefused(_("Say why it can be paid now; the reason stays in the audit log."))
    last = award.payments.order_by("-pk")[0]
    if last.answered_by_id == by.pk:
        raise PaymentRefused(_("You recorded that it came back, so somebody else must let it be paid again."))
    Award.objects.filter(pk=award.pk).update(state=Award.State.APPROVED)
    record(
        "award to be paid again",
        actor=by.get_username(),
        subject=f"campaign {campaign.slug}",
        at=now,
        details={
            "reference": last.reference,
            "employee": award.employee.number,
            "net": f"{award.net_amount} {award.currency}",
            "reason": reason.strip(),
            "before": {"state": Award.State.RETURNED.value},
            "after": {"state": Award.State.APPROVED.value},
        },
    )


def why_not_void(campaign: Campaign) -> str:
    """Money that is on its way or paid is not voided away."""
    if Payment.objects.filter(export__campaign=campaign).exclude(state=Payment.State.RETURNED).exists():
        return _("Awards of %s are with payroll or paid; it can no longer be voided.") % campaign.slug
    return ""
