"""What a campaign promises, in the reader's words: prizes, rule, dates."""

from dataclasses import dataclass

from apps.campaigns.division_words import division_sentences, prizes_in_order
from apps.campaigns.divisions import UNDIVIDED
from apps.campaigns.models import Campaign
from apps.campaigns.prize_words import prize_sentences
from apps.campaigns.words import deciding_span, rule_sentences
from bonus_tracker.formats import day, limit, local, money


@dataclass(frozen=True)
class PrizeText:
    place: int
    money: str


@dataclass(frozen=True)
class Announced:
    prizes: list[PrizeText]
    rule: list[str]
    starts: str
    ends: str
    decides: str  # the dates that the result looks at


def announced(campaign: Campaign, division: str = UNDIVIDED) -> Announced:
    """division: whose prizes are told, by its key; without one those of all."""
    return Announced(
        [
            PrizeText(prize.place, money(prize.net_amount, prize.currency))
            for prize in prizes_in_order(campaign)
            if division in (UNDIVIDED, prize.division)
        ],
        [*rule_sentences(campaign), *division_sentences(campaign), *prize_sentences(campaign)],
        day(local(campaign.starts_at).date()),
        limit(campaign.deadline),
        deciding_span(campaign),
    )
