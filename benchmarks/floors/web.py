"""Views that do as little as can be done, under the same middleware, sign-in and server as the pages."""

import hashlib

import orjson
from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.template import Context, Template
from django.urls import path

from apps.leaderboard.sight import signed_in
from bonus_tracker.urls import urlpatterns as program

TIES = """
SELECT contact_id, anchor, recent_sent, recent_received FROM activity_tie WHERE employee_id = %s
ORDER BY contact_id LIMIT 300
"""
PAGE = Template(
    "<!doctype html><title>Ties</title><ul>{% for contact, anchor, sent, received in ties %}"
    '<li><b>{{ contact }}</b> {{ anchor }} {{ sent }} {{ received }} <i title="{{ filling }}"></i></li>'
    "{% endfor %}</ul>"
)
FILLING = "".join(hashlib.sha256(bytes([n])).hexdigest() for n in range(250))
BARE_ROW = 110  # bytes of a row with nothing filled in


@login_required
def empty(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@login_required
def unchanged(_request: HttpRequest) -> HttpResponse:
    return HttpResponseNotModified()


@login_required
def places(_request: HttpRequest) -> HttpResponse:
    """A hundred places made up, as JSON."""
    made_up = [
        {
            "rank": rank,
            "is_shared": False,
            "number": None,
            "name": f"Employee {rank}",
            "department": "Department",
            "active_contacts": 200 - rank,
            "conversation_days": None,
            "movement": 0,
        }
        for rank in range(1, 101)
    ]
    return HttpResponse(orjson.dumps({"audience": "public", "places": made_up}), "application/json")


@login_required
def ties(request: HttpRequest) -> HttpResponse:
    """?bytes=N: how large the page is to be."""
    with connection.cursor() as cursor:
        cursor.execute(TIES, [signed_in(request).employee_id])
        rows = cursor.fetchall()
    filling = FILLING[: max(0, int(request.GET["bytes"]) // max(1, len(rows)) - BARE_ROW)]
    return HttpResponse(PAGE.render(Context({"ties": rows, "filling": filling})))


urlpatterns = [
    path("floor/empty/", empty),
    path("floor/unchanged/", unchanged),
    path("floor/places/", places),
    path("floor/ties/", ties),
    *program,
]
