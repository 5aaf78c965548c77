"""Who may pay: somebody with the right, who gets nothing, and never one person alone."""

from django.utils.translation import gettext as _

from apps.awards.payment.refusals import PaymentRefused
from apps.campaigns.models import Campaign
from apps.directory.models import User

EXPORT, TAKE = "awards.add_payrollexport", "awards.view_payrollexport"
CONFIRM, PAY_AGAIN = "awards.change_payment", "awards.change_award"


def check_person(user: User, permission: str, campaign: Campaign) -> None:
    if not user.is_active or not user.has_perm(permission):
        raise PaymentRefused(_("You may not do this; somebody with the right must."))
    if user.employee_id and campaign.awards.filter(employee=user.employee_id).exists():
        raise PaymentRefused(_("You stand among the winners, so somebody else must do it."))
