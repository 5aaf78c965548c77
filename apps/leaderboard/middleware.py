"""What every page's answer carries."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.defaults import bad_request

from bonus_tracker import clock

POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
ADMIN = "/admin/"
ADMIN_POLICY = (  # its own scripts and styles are inline, and its widgets evaluate expressions
    f"{POLICY}; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:"
)


class NoNul:
    """Refuses addresses with a NUL, which PostgreSQL keeps in no text."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META["QUERY_STRING"]:
            return bad_request(request, BadRequest())  # raised, it would be logged with its traceback
        return self.get_response(request)


class ContentSecurityPolicy:
    """Nothing inline but in the admin, nothing from elsewhere; a view that needs more sets the header itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        policy = ADMIN_POLICY if request.path.startswith(ADMIN) else POLICY
        response.headers.setdefault("Content-Security-Policy", policy)
        return response


class CompanyCalendar:
    """Show times on the company's calendar."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(clock.company_zone()):
            return self.get_response(request)
