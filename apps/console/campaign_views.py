"""One campaign: how it stands, and what can be done."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from apps.campaigns.models import Campaign
from apps.console.doors import official


@require_GET
@official("campaigns.view_campaign")
def campaign(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Campaign, slug=slug)
    return render(request, "console/campaign.html", {"campaign": found})
