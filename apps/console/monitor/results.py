"""The sealed versions of a result: what each rests on, what the newest changed, where its money and its proof are."""

from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Count, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.awards.models import Award
from apps.campaigns.models import Campaign
from apps.console import cells
from apps.integrity.admin.moves import as_table, in_a_sentence
from apps.integrity.differences import Difference, difference
from apps.integrity.models import Recount
from apps.ranking.models import Result
from bonus_tracker.formats import instant, money
from bonus_tracker.kept import Kept

KEPT_SECONDS = 300  # sealed runs never change, but what people are called may


class Version(NamedTuple):
    """because: links to the decisions that made it. recount: tone and words of what the second program counted."""

    result: Result
    because: list[Any]
    recount: tuple[str, str]


class Change(NamedTuple):
    """What the newest version changes about the one before."""

    number: int
    said: str
    table: dict[str, Any] | None


class Amounts(NamedTuple):
    words: str
    awards: int
    amounts: list[str]


_moved: Kept[Difference] = Kept(lambda: KEPT_SECONDS, most=20)


def moved(before: Result, after: Result) -> Difference:
    """Who stands elsewhere in `after`; kept, since it reads two whole runs."""
    return _moved.get((before.run_id, after.run_id), lambda: difference(before.run, after.run))


def versions(campaign: Campaign) -> list[Version]:
    """The newest first, each with its approvals."""
    known: QuerySet[Any] = campaign.results.select_related("campaign", "run", "recount")
    found = known.prefetch_related("approvals__approver", "decisions").order_by("-version")
    return [
        Version(each, [_link(decision) for decision in each.decisions.all()], _recount(each))
        for each in found
    ]


def _link(decision: Any) -> Any:
    return cells.link(reverse("console:decision", args=[decision.pk]), decision)


def _recount(result: Any) -> tuple[str, str]:
    recount: Recount | None = getattr(result, "recount", None)
    if recount is None:
        return "waits", _("The second computation is under way.")
    if recount.problem:
        return "late", _("The second computation differs: %s.") % recount.problem
    return "good", _("A second program counted the same on %s.") % instant(recount.at)


def change(known: list[Version]) -> Change | None:
    """None when there is only one version."""
    if len(known) < 2:
        return None
    newest, before = known[0].result, known[1].result
    found = moved(before, newest)
    return Change(newest.version, in_a_sentence(found), as_table(found))


def awards_of(result: Result) -> list[Amounts]:
    """State by state how many and how much, in the order in which an award goes through them."""
    rows: QuerySet[Any, Any] = Award.objects.filter(result=result).order_by().values("state", "currency")
    by_state: dict[str, list[Any]] = {}
    for each in rows.annotate(n=Count("pk"), net=Sum("net_amount")).order_by("currency"):
        by_state.setdefault(each["state"], []).append(each)
    return [
        Amounts(
            str(Award.State(state).label),
            sum(each["n"] for each in by_state[state]),
            [money(Decimal(each["net"]), each["currency"]) for each in by_state[state]],
        )
        for state in Award.State.values
        if state in by_state
    ]
