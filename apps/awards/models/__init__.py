from apps.awards.models.approval import Approval
from apps.awards.models.award import Award
from apps.awards.models.facts import PrizeFacts
from apps.awards.models.mail import Mail
from apps.awards.models.payment import Payment, PayrollExport
from apps.awards.models.pulse import Pulse

__all__ = ["Approval", "Award", "Mail", "Payment", "PayrollExport", "PrizeFacts", "Pulse"]
