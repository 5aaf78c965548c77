"""What an employee was told about the result, in sentences of the reader's language."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.campaigns.models import Campaign
from apps.integrity.models import Decision, Notice

Kind = Notice.Kind


class Told(NamedTuple):
    at: datetime
    text: str


def told(campaign: Campaign, notices: Iterable[Notice]) -> list[Told]:
    """Newest first, as the notices are."""
    notices = list(notices)
    numbers = {notice.facts["decision"] for notice in notices if "decision" in notice.facts}
    decisions = campaign.decisions.filter(number__in=numbers).select_related("undoes")
    by_number = {decision.number: decision for decision in decisions}
    return [Told(notice.at, text) for notice in notices for text in _sentences(notice, by_number)]


def _sentences(notice: Notice, decisions: dict[int, Decision]) -> Iterator[str]:
    if notice.kind == Kind.CHECK:
        count = notice.facts["contacts"]
        yield (
            ngettext(
                "You stand at a prize. Please name %d contact, drawn by lot, so that two people can check it.",
                "You stand at a prize. Please name %d contacts, drawn by lot, so that two people can check them.",
                count,
            )
            % count
        )
    elif notice.kind == Kind.ANSWERED:
        yield _("Your objection %d is answered; see below.") % notice.facts["objection"]
    else:
        decision = decisions[notice.facts["decision"]]
        about = decision.undoes or decision
        said = (
            _("A decision about you was undone by two people: %(kind)s. Reason: %(reason)s")
            if notice.kind == Kind.UNDONE
            else _("Two people have decided about you: %(kind)s. Reason: %(reason)s")
        )
        yield said % {"kind": about.get_kind_display(), "reason": decision.reason}
