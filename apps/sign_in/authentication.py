"""What a request is told about its user: whether the second factor was given in this session."""

from collections.abc import Callable

from django.contrib.auth import get_user
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode

from apps.directory.roles import SecondFactorMissing

SECOND_FACTOR = "second_factor"  # in the session: id of the authenticator it was given with
SIGNED_IN_AT, SIGNED_IN_BY = "signed_in_at", "signed_in_by"
API = "/api/"


class Authentication(AuthenticationMiddleware):
    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _user(request))  # type: ignore[assignment]


def _user(request: HttpRequest) -> object:
    user = get_user(request)
    factor = getattr(user, "second_factor_id", None)
    user.gave_second_factor = factor is not None and request.session.get(SECOND_FACTOR) == factor  # type: ignore[union-attr]
    return user


class LeadToSecondFactor:
    """Whoever asked for what only a role may, without the second factor, is led to it; the API says 403 itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        if not isinstance(problem, SecondFactorMissing):
            return None
        return HttpResponseRedirect(way_to_second_factor(request.get_full_path()))


def way_to_second_factor(wanted: str) -> str:
    return f"{reverse('second-factor-needed')}?{urlencode({'next': wanted})}"
