"""After a ranking its worker finishes the board, so that no reader has to wait for that."""

from typing import Any

from apps.campaigns.models import Campaign
from apps.leaderboard.finished import finish


def finish_board(*, args: tuple[Any, ...], **_: Any) -> None:
    """args: of the task that has ranked, the campaign's id."""
    finish(Campaign.objects.get(pk=args[0]))
