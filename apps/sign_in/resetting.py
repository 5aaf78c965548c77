"""What happens to somebody's second factor, written down with the act."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from apps.audit.address import address_of
from apps.audit.services import record
from apps.directory.models import User
from apps.leaderboard.sight import signed_in
from apps.sign_in.log import subject_of
from bonus_tracker import clock


class ResetRefused(Exception):
    """The message says why, in the reader's language."""


@transaction.atomic
def reset(user: User, *, by: User | None, reason: str, now: datetime) -> None:
    """Take the device and the codes away: the next sign-in sets up new ones, and sessions lose what it opened.

    by: None from the command line. Raises ResetRefused for one's own, a superuser's by others, and where there is none.
    """
    if by is not None and (by == user or (user.is_superuser and not by.is_superuser)):
        raise ResetRefused(_("Not your own, and a superuser's only as a superuser: ask somebody else."))
    count, _by_model = Authenticator.objects.filter(user=user).delete()
    if not count:
        raise ResetRefused(_("%s has no second factor.") % user)
    actor = "system" if by is None else by.get_username()
    record("second factor reset", actor=actor, subject=subject_of(user), at=now, details={"reason": reason})


def added(request: HttpRequest) -> None:
    _record("second factor added", request)


def removed(request: HttpRequest) -> None:
    _record("second factor removed", request)


def new_codes(request: HttpRequest) -> None:
    _record("recovery codes made anew", request)


def _record(action: str, request: HttpRequest) -> None:
    user = signed_in(request)
    record(
        action,
        actor=user.get_username(),
        subject=subject_of(user),
        at=clock.now(),
        address=address_of(request),
    )
