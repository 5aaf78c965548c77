"""What the commands about payment share."""

from django.core.management.base import CommandError

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
