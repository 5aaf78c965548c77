"""Pages that watch what a worker does: a part of them asks for itself every second."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def part(
    request: HttpRequest, template: str, context: dict[str, Any], *, is_open: bool
) -> HttpResponse | None:
    """What the part gets: itself, or, once nothing is open, that the page is to be opened anew. None: a whole page."""
    if "HX-Request" not in request.headers:
        return None
    return render(request, template, context) if is_open else HttpResponse(headers={"HX-Refresh": "true"})
