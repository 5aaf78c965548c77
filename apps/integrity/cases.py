"""Cases: somebody looks into an employee's count, and writes down what came of it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from apps.audit.services import record
from apps.campaigns.models import Campaign
from apps.directory.models import Employee, User
from apps.integrity.hold import hold
from apps.integrity.models import Case
from apps.integrity.prize_ranks import stands_among_them
from apps.integrity.refusals import Refused
from apps.ranking.services import latest_result

OVER = (Campaign.State.FINAL, Campaign.State.PAID, Campaign.State.VOID)


@transaction.atomic
def open_case(campaign: Campaign, employee: Employee, *, reason: str, by: User, now: datetime) -> Case:
    """Raises Refused."""
    campaign = hold(campaign)
    if campaign.state in OVER:
        raise Refused(
            _("The campaign is %s; nothing is looked into any more.") % campaign.get_state_display()
        )
    if not reason.strip():
        raise Refused(_("Say what is to be looked into."))
    if by.employee_id == employee.pk:
        raise Refused(_("It concerns you, so somebody else must decide."))
    actor = by.get_username()
    case = Case.objects.create(
        campaign=campaign, employee=employee, reason=reason.strip(), opened_by=actor, opened_at=now
    )
    _note("case opened", case, case.reason, actor, now)
    return case


@transaction.atomic
def close_case(case: Case, *, outcome: str, by: User, now: datetime) -> None:
    """Write down what came of it; what follows from it is a decision of its own. Raises Refused."""
    hold(case.campaign)
    result = latest_result(case.campaign)
    if not outcome.strip():
        raise Refused(_("Write down the outcome; it stays with the case."))
    if by.employee_id == case.employee_id or (result is not None and stands_among_them(by, result)):
        raise Refused(_("It concerns you, so somebody else must decide."))
    open_ones = Case.objects.filter(pk=case.pk, closed_at=None)
    if not open_ones.update(outcome=outcome.strip(), closed_by=by, closed_at=now):
        raise Refused(_("This case is closed already."))
    _note("case closed", case, outcome.strip(), by.get_username(), now)


def case_details(case: Case, reason: str) -> dict[str, str]:
    """As the log says it; reason: why it was opened, or what came of it."""
    return {"campaign": case.campaign.slug, "employee": case.employee.number, "reason": reason}


def _note(action: str, case: Case, reason: str, actor: str, now: datetime) -> None:
    details = case_details(case, reason)
    record(action, actor=actor, subject=f"case {case.pk}", at=now, details=details)
