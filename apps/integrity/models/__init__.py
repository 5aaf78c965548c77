"""Everything between a provisional result and a final one that people stand for."""

from apps.integrity.models.case import Case
from apps.integrity.models.check import Check, CheckItem, Tick
from apps.integrity.models.decision import Decision
from apps.integrity.models.notice import Notice
from apps.integrity.models.objection import Objection
from apps.integrity.models.outcome import FinalResult, Recount

__all__ = [
    "Case",
    "Check",
    "CheckItem",
    "Decision",
    "FinalResult",
    "Notice",
    "Objection",
    "Recount",
    "Tick",
]
