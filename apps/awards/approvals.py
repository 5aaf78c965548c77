"""What the end of a campaign asks of those who approve it."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from apps.audit.models import Entry
from apps.integrity.approvers import doubts
from apps.integrity.blockers import Blocker, Ground, missing_approvals
from apps.ranking.models import Result

APPROVALS_NEEDED = 2


def approval_blockers(ground: Ground) -> Iterator[Blocker]:
    """Two different people whose approval of this version counts, and none who should not have approved.

    Thorough: nor any that the audit log does not have.
    """
    counted, logged = 0, _logged(ground.result) if ground.thorough else None
    for approval in ground.result.approvals.select_related("approver"):
        if logged is not None and (approval.approver.get_username(), approval.at) not in logged:
            text = _("The audit log does not have the approval of %s.") % approval.approver
            yield Blocker("audit log", text)
        found = list(doubts(approval.approver, ground.result))
        counted += not found
        for doubt in found:
            if doubt.is_grave:
                yield Blocker("approver", doubt.text)
    yield from missing_approvals(counted, APPROVALS_NEEDED)


def _logged(result: Result) -> set[tuple[str, datetime]]:
    entries = Entry.objects.about(f"campaign {result.campaign.slug}").filter(action="result approved")
    of_version = entries.filter(details__version=result.version, details__sha256=result.sha256)
    return set(of_version.values_list("actor", "at"))
