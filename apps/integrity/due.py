"""What the program does by itself with a provisional result."""

from datetime import datetime

from apps.campaigns.models import Campaign
from apps.integrity.checks import draw
from apps.integrity.recount import recount
from apps.ranking.services import latest_result


def look_again(campaign: Campaign, now: datetime) -> str:
    """Compute the newest version a second time and draw the winners' samples; a sentence when it did."""
    result = latest_result(campaign)
    if result is None or campaign.is_rehearsal or campaign.state != Campaign.State.PROVISIONAL:
        return ""
    said = []
    if again := recount(result, now=now):
        said.append(
            f"Version {result.version} of {campaign.slug} was computed again: {again.problem or 'the same'}."
        )
    if checks := draw(campaign, now=now):
        said.append(f"The contacts of {len(checks)} winners of {campaign.slug} are to be confirmed.")
    return " ".join(said)
