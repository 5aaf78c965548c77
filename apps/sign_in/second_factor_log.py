"""Listens to django-allauth: remembers in the session that the second factor was given, and writes down failures."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_used
from django.dispatch import receiver
from django.http import HttpRequest

from apps.audit.address import address_of
from apps.directory.models import User
from apps.sign_in import log
from apps.sign_in.authentication import SECOND_FACTOR


@receiver(authenticator_used)
def _remember(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """A recovery code stands for the device it was made for."""
    remember(request, user)
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        log.used_recovery_code(user, address_of(request))


@receiver(authentication_failed)
def _failed(request: HttpRequest, user: User, **_: Any) -> None:
    log.failed_second_factor(user, address_of(request))


def remember(request: HttpRequest, user: User) -> None:
    """That the second factor which the user has now was given in this session."""
    device = Authenticator.objects.get(user_id=user.pk, type=Authenticator.Type.TOTP)
    request.session[SECOND_FACTOR] = device.pk
