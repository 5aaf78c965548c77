"""What keeps a result from being final: every reason, named, in one place."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.audit.checking import problem_of_log
from apps.campaigns.models import Campaign
from apps.campaigns.rule import Rule
from apps.integrity.checks import is_done
from apps.integrity.decisions import standing
from apps.integrity.evidence.records import problem_of_records
from apps.integrity.models import Decision, Recount
from apps.integrity.objections import State as ObjectionState
from apps.integrity.objections import could_change_prizes
from apps.integrity.prize_ranks import holders, stakes
from apps.ranking.coverage import coverage
from apps.ranking.instant import Instant
from apps.ranking.models import FixedSource, Result
from apps.ranking.sealing import sealed_hash
from apps.ranking.services import latest_result
from bonus_tracker.formats import instant, limit

State = Campaign.State
MISSING_APPROVALS = "approvals"  # what those who approve remove themselves


class Blocker(NamedTuple):
    """name: stays the same in every language; text: one sentence with what removes it, or who is asked."""

    name: str
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Ground:
    """What the checks look at. thorough: hash everything again instead of believing the last recount."""

    campaign: Campaign
    result: Result
    now: datetime
    thorough: bool

    @cached_property
    def holders(self) -> frozenset[int]:
        return holders(self.result)


Checker = Callable[[Ground], Iterator[Blocker]]


def blockers(campaign: Campaign, *, now: datetime, thorough: bool = False) -> list[Blocker]:
    """Why the newest version cannot be final now; [] when it can, or is.

    thorough: also hash the sealed input and follow the whole audit log again, as the last approval does.
    """
    if campaign.state in (State.FINAL, State.PAID):
        return []
    early = list(_before_a_result(campaign))
    result = latest_result(campaign)
    if early or result is None:
        return early
    ground = Ground(campaign, result, now, thorough)
    return [blocker for check in (*CHECKS, *FURTHER) for blocker in check(ground)]


def _before_a_result(campaign: Campaign) -> Iterator[Blocker]:
    if campaign.is_rehearsal:
        yield Blocker("rehearsal", _("A rehearsal stays provisional; it decides nothing."))
    elif campaign.state == State.SETTLING:
        yield Blocker(
            "settling",
            _("Late data is waited for until %s; then the result is sealed.") % limit(campaign.grace_ends_at),
        )
        yield from _gaps_so_far(campaign)
    elif campaign.state == State.VOID:
        yield Blocker("void", _("The campaign is void."))
    elif campaign.state != State.PROVISIONAL:
        yield Blocker("running", _("The campaign is not over."))


def _gaps_so_far(campaign: Campaign) -> Iterator[Blocker]:
    """While it can still be said what was delivered; what is not said when grace ends takes two people."""
    deadline = Instant.of(campaign, Rule.of(campaign), campaign.deadline)
    for found in coverage(campaign, deadline):
        if found.gaps:
            yield Blocker(
                "gap",
                _(
                    "Source %(source)s says nothing of %(since)s to %(until)s. If its files cover that, take in the "
                    "last one again, saying what it covers, before grace ends: %(end)s."
                )
                % (_gap_facts(found) | {"end": limit(campaign.grace_ends_at)}),
            )


def _objection_days(ground: Ground) -> Iterator[Blocker]:
    end = ground.campaign.objections_end_at
    if ground.now < end:
        yield Blocker("objection days", _("Objections are open until %s.") % instant(end))


def _gaps(ground: Ground) -> Iterator[Blocker]:
    accepted = {each.source_id for each in standing(ground.campaign) if each.kind == Decision.Kind.GAP}
    for fixed in ground.campaign.fixed_sources.select_related("source").order_by("source__name"):
        if fixed.gaps and fixed.source_id not in accepted:
            yield Blocker(
                "gap",
                _(
                    "Source %(source)s says nothing of %(since)s to %(until)s; two people accept the gap, "
                    "and then the result stands without it."
                )
                % _gap_facts(fixed),
            )


def _gap_facts(source: FixedSource) -> dict[str, str]:
    """The first of its gaps."""
    since, until = map(datetime.fromisoformat, source.gaps[0])
    return {"source": source.source.name, "since": instant(since), "until": limit(until)}


def _open_decisions(ground: Ground) -> Iterator[Blocker]:
    waiting = ground.campaign.decisions.filter(confirmed_at=None, rejected_at=None)
    for decision in waiting.order_by("number"):
        yield Blocker(
            "decision",
            _("Decision %(number)d (%(kind)s) waits for a second person to confirm or reject it.")
            % {"number": decision.number, "kind": decision.get_kind_display()},
        )


def _open_objections(ground: Ground) -> Iterator[Blocker]:
    open_ones = ground.campaign.objections.filter(state=ObjectionState.OPEN).order_by("number")
    for objection in could_change_prizes(open_ones, ground.result):
        yield Blocker(
            "objection", _("Objection %d could change a prize; answer it first.") % objection.number
        )


def _open_cases(ground: Ground) -> Iterator[Blocker]:
    cases = ground.campaign.cases.filter(closed_at=None).select_related("employee").order_by("pk")
    for case in cases:
        if case.employee_id not in ground.holders:  # who may be more than a question can name
            continue
        yield Blocker(
            "case",
            _("Case %(number)d about %(employee)s, who stands at a prize, is open.")
            % {"number": case.pk, "employee": case.employee},
        )


def _winners_checks(ground: Ground) -> Iterator[Blocker]:
    drawn = {check.employee_id: check for check in ground.result.checks.all()}
    for stake in stakes(ground.result):
        check = drawn.get(stake.employee_id)
        if check is None or not is_done(check):
            text = (
                _("The contacts of %(employee)s at place %(place)d are not all confirmed.")
                if stake.place
                else _(
                    "The contacts of %(employee)s, drawn among those who get a prize, are not all confirmed."
                )
            )
            yield Blocker("winner's check", text % {"employee": stake.employee, "place": stake.place})


def _second_ranking(ground: Ground) -> Iterator[Blocker]:
    known = Recount.objects.filter(result=ground.result).first()
    if known is None:
        yield Blocker("recount", _("The second computation is under way."))
    elif known.problem:
        yield Blocker("recount", _("The second computation differs: %s.") % known.problem)
    elif ground.thorough and sealed_hash(ground.result) != ground.result.sha256:
        yield Blocker("recount", _("What was sealed is not what is stored: the hash differs."))


def _audit_log(ground: Ground) -> Iterator[Blocker]:
    if problem := problem_of_log(thorough=ground.thorough):
        yield Blocker("audit log", _("The audit log does not hold: %s.") % problem)
    elif ground.thorough and (problem := problem_of_records(ground.campaign)):
        yield Blocker("audit log", _("What was recorded is not what the audit log says: %s.") % problem)


CHECKS: tuple[Checker, ...] = (
    _objection_days,
    _gaps,
    _open_decisions,
    _open_objections,
    _open_cases,
    _winners_checks,
    _second_ranking,
    _audit_log,
)
FURTHER: list[Checker] = []  # of apps further right


def missing_approvals(approved: int, needed: int) -> Iterator[Blocker]:
    """For the app that keeps approvals."""
    if approved < needed:
        yield Blocker(
            MISSING_APPROVALS,
            ngettext(
                "%d approval by a different person is missing.",
                "%d approvals by different people are missing.",
                needed - approved,
            )
            % (needed - approved),
        )
