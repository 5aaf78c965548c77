"""Hold a campaign still while something is decided about it."""

from apps.campaigns.models import Campaign
from apps.ranking.services import lock_campaign


def hold(campaign: Campaign) -> Campaign:
    """The campaign as it is now; until the transaction ends nobody seals, voids or decides on it.

    The first statement of its transaction, so that every later one sees what was committed while waiting.
    """
    lock_campaign(campaign)
    return Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
