"""Campaigns in the admin; apps further right add what they know to CampaignAdmin."""

from apps.campaigns.admin import campaigns, opt_outs

__all__ = ["campaigns", "opt_outs"]
