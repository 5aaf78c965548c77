"""Everything a result has to stand before it is final: what is done, what is missing, what removes it."""

from datetime import datetime
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.campaigns.models import Campaign
from apps.integrity.admin.remedies import REMEDIES
from apps.integrity.blockers import MISSING_APPROVALS, blockers

State = Campaign.State

# By the names of blockers, in the order in which people usually come to them.
TITLES: dict[State, dict[str, str | Promise]] = {
    State.SETTLING: {
        "settling": _("The hours of grace are over"),
        "gap": _("Every source speaks for all days"),
    },
    State.PROVISIONAL: {
        "gap": _("Every source speaks for all days, or its gap is accepted"),
        "recount": _("A second program counted the same"),
        "audit log": _("The audit log holds"),
        "objection days": _("The days for objections are over"),
        "objection": _("Objections that could change a prize are answered"),
        "case": _("Cases about people at a prize are closed"),
        "winner's check": _("Winners' contacts are confirmed"),
        "decision": _("Every decision is confirmed or rejected"),
        "approver": _("Only people who may approve have approved"),
        MISSING_APPROVALS: _("Two people have approved"),
    },
}


class Item(NamedTuple):
    """missing: sentences, each with what removes it; none when the item is done. title: empty of what is not listed."""

    title: str | Promise
    missing: list[tuple[str, Any]]

    @property
    def is_done(self) -> bool:
        return not self.missing


class Checklist(NamedTuple):
    items: list[Item]

    @property
    def done(self) -> int:
        return sum(item.is_done for item in self.items)

    @property
    def is_complete(self) -> bool:
        return self.done == len(self.items)


def checklist(campaign: Campaign, *, now: datetime) -> Checklist:
    """What is missing first, each in the order of TITLES; before it what no title is for, as of a rehearsal.

    Where more than approvals is missing, no link leads to approving: it would be refused.
    """
    missing: dict[str, list[tuple[str, Any]]] = {}
    found = blockers(campaign, now=now)
    for each in found:
        remedy: Any = REMEDIES[each.name](campaign) if each.name in REMEDIES else ""
        if each.name == MISSING_APPROVALS and any(other.name != MISSING_APPROVALS for other in found):
            remedy = _("It can be approved when nothing else is missing.")
        missing.setdefault(each.name, []).append((each.text, remedy))
    titles = {} if campaign.is_rehearsal else TITLES.get(State(campaign.state), {})
    others = [Item("", said) for name, said in missing.items() if name not in titles]
    titled = [Item(title, missing.get(name, [])) for name, title in titles.items()]
    return Checklist(others + sorted(titled, key=lambda item: item.is_done))
