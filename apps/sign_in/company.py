"""The company's OpenID provider, as the settings name it."""

from django.conf import settings
from django.utils.translation import gettext as _

from bonus_tracker.environment import OpenIDProvider

COMPANY = "company"  # what django-allauth knows it by


def the_provider() -> OpenIDProvider:
    """For code behind a door that is closed without one."""
    provider: OpenIDProvider | None = settings.OPENID_PROVIDER
    if provider is None:
        raise LookupError("No OpenID provider is set.")
    return provider


def provider_name() -> str:
    """What the button calls it; empty without a provider."""
    return "" if settings.OPENID_PROVIDER is None else the_provider().name or _("the company's sign-in")
