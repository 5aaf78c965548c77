"""One page for every sign-in that does not come about, with what to do about it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from apps.sign_in.employees import CLOSED, LEFT, NO_NUMBER, UNKNOWN

FAILED, AWAY = "failed", "away"


def problem_page(request: HttpRequest, reason: str) -> HttpResponse:
    """reason: of apps.sign_in.employees or here. 403; 502 when the provider is to blame."""
    status = 502 if reason == AWAY else 403
    return render(request, "sign_in/problem.html", {"advice": _advice(reason)}, status=status)


def _advice(reason: str) -> str:
    return {
        NO_NUMBER: _(
            "The company's sign-in did not say your employee number. Ask your IT department to send it along."
        ),
        UNKNOWN: _(
            "Your employee number is not in the directory here yet. "
            "It comes with the next import; ask HR if it takes long."
        ),
        LEFT: _(
            "This sign-in belongs to somebody who is not employed today, so it is closed. Ask HR if that is wrong."
        ),
        CLOSED: _("This sign-in was closed. Ask your administrator."),
        AWAY: _(
            "The company's sign-in does not answer. Try again in a minute; ask your IT department if it stays so."
        ),
    }.get(reason, _("The company's sign-in could not be completed. Start again from the beginning."))
