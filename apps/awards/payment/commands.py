"""What the commands about payment share."""

from pathlib import Path

from django.core.management.base import CommandError

from apps.awards.sheets import WRITERS
from apps.campaigns.models import Campaign
from apps.directory.models import User


def campaign(slug: str) -> Campaign:
    found = Campaign.objects.filter(slug=slug).first()
    if found is None:
        raise CommandError(f"There is no campaign {slug}.")
    return found


def sign_in(username: str) -> User:
    """Who acts: the audit log and the rule of two people need a person of this program."""
    found = User.objects.filter(username=username).first()
    if found is None:
        raise CommandError(f"There is no sign-in {username}; give --by the name of yours.")
    return found


def kind_of_new(file: Path) -> str:
    """A key of WRITERS, for a file that is not there yet."""
    kind = file.suffix.lower().lstrip(".")
    if kind not in WRITERS:
        raise CommandError(f"{file.name} is neither .csv nor .xlsx; name it so.")
    if file.exists():
        raise CommandError(f"{file} is there already; name a new file.")
    if not file.parent.is_dir():
        raise CommandError(f"{file.parent} is no folder; make it first.")
    return kind
