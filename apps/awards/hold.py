"""Hold a campaign still while something is done about its end."""

from apps.campaigns.models import Campaign
from apps.ranking.services import lock_campaign


def hold(campaign: Campaign) -> Campaign:
    """The campaign as it is now; until the transaction ends nobody seals, voids or changes it.

    The row comes before the audit log, as everywhere: who held the log and waited for the row, and who held
    the row and waited for the log, would wait in a circle.
    """
    lock_campaign(campaign)
    return Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
