"""The console's first page: every campaign as a card, and what waits for somebody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.console.doors import official


@require_GET
@official()
def overview(request: HttpRequest) -> HttpResponse:
    return render(request, "console/overview.html", {})
