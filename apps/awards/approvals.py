"""What the end of a campaign asks of those who approve it."""

from collections.abc import Iterator

from apps.integrity.approvers import doubts
from apps.integrity.blockers import Blocker, Ground, missing_approvals

APPROVALS_NEEDED = 2


def approval_blockers(ground: Ground) -> Iterator[Blocker]:
    """Two different people whose approval of this version counts, and none who should not have approved."""
    counted = 0
    for approval in ground.result.approvals.select_related("approver"):
        found = list(doubts(approval.approver, ground.result))
        counted += not found
        for doubt in found:
            if doubt.is_grave:
                yield Blocker("approver", doubt.text)
    yield from missing_approvals(counted, APPROVALS_NEEDED)
