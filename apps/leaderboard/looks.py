"""Who has looked at whose contacts, and why: written before it is shown, and shown to the one looked at."""

from dataclasses import dataclass
from datetime import datetime

from apps.audit.models import Entry
from apps.audit.services import record
from apps.campaigns.models import Campaign
from apps.directory.models import Employee, User

ACTION = "contacts viewed"
SHOWN = 20  # the latest looks on one's own page


@dataclass(frozen=True)
class Look:
    at: datetime
    by: str
    reason: str


def record_look(
    viewer: User, employee: Employee, campaign: Campaign, *, reason: str, now: datetime, address: str
) -> None:
    """Write one look in the audit log, in the caller's transaction; address: from where it was made."""
    record(
        ACTION,
        actor=viewer.get_username(),
        subject=_subject(employee),
        at=now,
        details={"campaign": campaign.slug, "reason": reason},
        address=address,
    )


def looks_at(employee: Employee) -> list[Look]:
    """The latest looks at an employee's contacts, newest first."""
    entries = Entry.objects.filter(subject=_subject(employee), action=ACTION).order_by("-number")[:SHOWN]
    found = list(entries)
    viewers = User.objects.filter(username__in={entry.actor for entry in found})
    names = {viewer.username: viewer.get_full_name() for viewer in viewers}
    return [
        Look(entry.at, names.get(entry.actor) or entry.actor, str(entry.details.get("reason", "")))
        for entry in found
    ]


def _subject(employee: Employee) -> str:
    return f"employee {employee.number}"[:200]
