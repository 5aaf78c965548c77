"""The console's own pages of things: where acts on them begin and lead back to."""

from django.urls import reverse

from apps.campaigns.models import Campaign


def of_campaign(campaign: Campaign | None) -> str:
    """The campaign's page; of none, the list of all."""
    return reverse("console:campaign", args=[campaign.slug]) if campaign else reverse("console:overview")
