"""Whether the log holds: followed whole once a day, and from there on whenever somebody asks."""

import logging
from datetime import datetime

from apps.audit.models import Verification
from apps.audit.services import GENESIS, verify

logger = logging.getLogger(__name__)


def verify_whole(*, now: datetime) -> Verification:
    """Follow the log from its first entry, and keep what was found; what does not hold is an alarm."""
    verdict = verify()
    if verdict.problem:
        logger.critical("The audit log does not hold: %s.", verdict.problem)
    return Verification.objects.create(
        at=now, count=verdict.count, head=verdict.head, problem=verdict.problem
    )


def problem_of_log(*, thorough: bool = False) -> str:
    """The first thing wrong with the log, or an empty text; thorough: every entry, not only those since."""
    last = Verification.objects.order_by("-id").first()
    if thorough or last is None:
        return verify().problem
    return last.problem or verify(after=(last.count, last.head) if last.count else (0, GENESIS)).problem
