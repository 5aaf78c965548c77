"""Hand approved awards to payroll, each once."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from apps.audit.services import record
from apps.awards.models import Award, Payment, PayrollExport
from apps.awards.payment.given import require_given
from apps.awards.payment.people import EXPORT, check_person
from apps.awards.payment.refusals import PaymentRefused
from apps.campaigns.models import Campaign
from apps.directory.models import User
from apps.integrity.hold import hold

State = Award.State


@transaction.atomic
def export_awards(campaign: Campaign, *, by: User, now: datetime) -> PayrollExport | None:
    """Put every approved award that no export has yet into a new one.

    Call it twice or from two places at once: an award is in one open export only, and whoever finds none left
    gets None. Raises PaymentRefused.
    """
    campaign = hold(campaign)
    check_person(by, EXPORT, campaign)
    if campaign.state not in {Campaign.State.FINAL, Campaign.State.PAID}:
        raise PaymentRefused(
            _("The campaign is %s; only the awards of a final result are paid.")
            % campaign.get_state_display()
        )
    awards = list(waiting(campaign))
    if not awards:
        return None
    require_given(campaign, awards)
    export = PayrollExport.objects.create(
        campaign=campaign, number=campaign.payroll_exports.count() + 1, made_by=by, made_at=now
    )
    Payment.objects.bulk_create(
        Payment(export=export, award=award, reference=f"P{export.pk}-{line:05}")
        for line, award in enumerate(awards, start=1)
    )
    Award.objects.filter(pk__in=[award.pk for award in awards]).update(state=State.EXPORTED)
    total = sum(award.net_amount for award in awards)
    record(
        "awards exported",
        actor=by.get_username(),
        subject=f"campaign {campaign.slug}",
        at=now,
        details={
            "export": export.number,
            "awards": len(awards),
            "net": f"{total} {awards[0].currency}",
            "before": {"state": State.APPROVED.value},
            "after": {"state": State.EXPORTED.value},
        },
    )
    return export


def waiting(campaign: Campaign) -> list[Award]:
    """Approved awards that payroll does not have, in the order of the file."""
    awards = campaign.awards.filter(state=State.APPROVED).select_related("employee")
    return list(awards.order_by("-form", "place", "employee__number", "pk"))
