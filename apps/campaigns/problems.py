"""What is wrong with a campaign, as sentences; and the exceptions that carry them."""

from collections.abc import Sequence
from typing import NamedTuple


class Problem(NamedTuple):
    """key: as in a campaign file, such as "rule.window_days"; text: what is wrong and the remedy."""

    key: str
    text: str

    def __str__(self) -> str:
        return f"{self.key}: {self.text}"


class CampaignError(Exception):
    """Something that a campaign's state or content does not allow, in one sentence."""


class InvalidCampaign(CampaignError):
    """The content is wrong; `problems` has a sentence for each reason."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = list(problems)


class CampaignIsFixed(CampaignError):
    """It has started, was sealed or voided: what was announced stays."""


class WrongState(CampaignError):
    """The campaign is not where this step begins."""


class NotDueYet(CampaignError):
    """The instant of this step has not come."""


class ReasonMissing(CampaignError):
    """Voiding needs a reason."""


class OnlyARehearsal(CampaignError):
    """A rehearsal is never approved or paid."""


class ContestClosed(CampaignError):
    """Leaving and coming back are possible until the deadline."""
