"""What a campaign promises, in the reader's words: prizes, rule, dates."""

from dataclasses import dataclass

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


def announced(campaign: Campaign) -> Announced:
    return Announced(
        [PrizeText(prize.place, money(prize.net_amount, prize.currency)) for prize in campaign.prizes.all()],
        [*rule_sentences(campaign), *prize_sentences(campaign)],
        day(local(campaign.starts_at).date()),
        limit(campaign.deadline),
        deciding_span(campaign),
    )
