"""A campaign of two divisions, for tests: Sales, and everybody else."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from apps.campaigns.announcement import PrizeLine
from apps.campaigns.divisions import Division
from apps.campaigns.models import Campaign, Prize
from tests.factories import make_campaign

SALES = Division("sales", {"en": "Sales", "zh-hans": "销售"}, departments=("Sales",))
REST = Division("rest", {"en": "Everybody else", "zh-hans": "其他同事"})
PRIZES = (
    PrizeLine(1, Decimal("100.00"), "CNY", division="rest"),
    PrizeLine(1, Decimal("1000.00"), "CNY", division="sales"),
    PrizeLine(2, Decimal("500.00"), "CNY", division="sales"),
)


def make_divided_campaign(prizes: Mapping[str, Sequence[str]] | None = None, **fields: Any) -> Campaign:
    """A running one. prizes: amounts by division, in the order of their places."""
    wanted = fields.pop("state", Campaign.State.RUNNING)
    divisions = [SALES.as_json(), REST.as_json()]
    campaign = make_campaign(state=Campaign.State.DRAFT, **{"divisions": divisions} | fields)
    if prizes is None:
        prizes = {"sales": ["1000.00", "500.00"], "rest": ["100.00"]}
    for division, amounts in prizes.items():
        for place, amount in enumerate(amounts, start=1):
            Prize.objects.create(
                campaign=campaign, division=division, place=place, net_amount=Decimal(amount)
            )
    campaign.state = wanted
    campaign.save(update_fields=["state"])
    return campaign
