"""From a provisional result to proposed awards."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from itertools import groupby

from django.db import transaction

from apps.audit.services import record
from apps.awards.hold import hold
from apps.awards.models import Award
from apps.campaigns.models import Campaign
from apps.ranking.models import Result, Standing
from apps.ranking.services import latest_result

CENT = Decimal("0.01")


@transaction.atomic
def propose_awards(campaign: Campaign, *, now: datetime) -> list[Award]:
    """Turn the prizes into proposed awards, once per version of the result.

    Call it twice or from two workers at once: whoever comes first does the work, everyone else gets [].
    A rehearsal gives no awards.
    """
    campaign = hold(campaign)
    result = latest_result(campaign)
    provisional = campaign.state == Campaign.State.PROVISIONAL
    if campaign.is_rehearsal or not provisional or result is None or result.awards.exists():
        return []
    awards = Award.objects.bulk_create(_awards(result, now))
    for award in awards:
        record(
            "award proposed",
            actor="system",
            subject=f"campaign {campaign.slug}",
            at=now,
            details={
                "employee": award.employee.number,
                "place": award.place,
                "shared by": award.shared_by,
                "net": f"{award.net_amount} {award.currency}",
                "version": result.version,
            },
        )
    return awards


def _awards(result: Result, now: datetime) -> Iterator[Award]:
    """Equals by rank are told apart by conversation days; who is still equal shares the places and their prizes."""
    prizes = {prize.place: prize for prize in result.campaign.prizes.all()}
    best = (
        Standing.objects.filter(run=result.run_id, rank__lte=max(prizes, default=0))
        .select_related("employee")
        .order_by("rank", "-conversation_days", "employee__number")
    )
    place = 1
    for _key, group in groupby(best, key=lambda standing: (standing.rank, standing.conversation_days)):
        equals = list(group)
        won = [prizes[p] for p in range(place, place + len(equals)) if p in prizes]
        shares = split_evenly(sum((prize.net_amount for prize in won), Decimal(0)), len(equals))
        for standing, share in zip(equals, shares, strict=True):
            if share:
                yield Award(
                    campaign=result.campaign,
                    result=result,
                    employee=standing.employee,
                    place=place,
                    shared_by=len(equals),
                    net_amount=share,
                    currency=won[0].currency,
                    created_at=now,
                )
        place += len(equals)


def split_evenly(amount: Decimal, people: int) -> list[Decimal]:
    """Shares to the cent that add up to `amount`; the first ones get the cents that are left over."""
    cents = int(amount / CENT)
    share, left_over = divmod(cents, people)
    return [CENT * (share + (1 if n < left_over else 0)) for n in range(people)]
