"""From where acts in the console and the records are made: kept with their entries, of nobody else's acts."""

from collections.abc import Callable
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

_address: ContextVar[str] = ContextVar("address", default="")


def current_address() -> str:
    """Of the request being answered; empty outside of console and records."""
    return _address.get()


class AddressOfAdministration:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith((reverse("admin:index"), reverse("console:overview"))):
            return self.get_response(request)
        token = _address.set(address_of(request))
        try:
            return self.get_response(request)
        finally:
            _address.reset(token)


def address_of(request: HttpRequest) -> str:
    """What the proxy says, where there is one: with HTTPS set; it writes the last one itself."""
    said = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.HTTPS else ""
    return (said.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", ""))[:64]
