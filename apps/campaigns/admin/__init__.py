"""Campaigns in the admin; apps further right add what they know to CampaignAdmin."""

from apps.campaigns.admin import campaigns

__all__ = ["campaigns"]
