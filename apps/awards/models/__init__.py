from apps.awards.models.approval import Approval
from apps.awards.models.award import Award
from apps.awards.models.facts import PrizeFacts
from apps.awards.models.payment import Payment, PayrollExport
from apps.awards.models.pulse import Pulse

__all__ = ["Approval", "Award", "Payment", "PayrollExport", "PrizeFacts", "Pulse"]
