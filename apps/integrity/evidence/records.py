"""Whether what people read, decided, reviewed, objected and looked into is still what the audit log says they did."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from apps.audit.models import Entry
from apps.audit.services import content_of
from apps.campaigns.models import Campaign
from apps.integrity.bundle.audit import Log
from apps.integrity.bundle.content import CHECKS
from apps.integrity.bundle.decided import DECISIONS, SHEETS, check_decisions, check_sheets
from apps.integrity.bundle.files import Wrong, require
from apps.integrity.bundle.reviews import check_against_log
from apps.integrity.cases import case_details
from apps.integrity.evidence import parts
from apps.integrity.models import Objection, Recount
from apps.integrity.objections import closed_details, made_details

State = Objection.State
Source = Callable[[Campaign], Iterable[Any]]
SOURCES: dict[str, Source] = {SHEETS: parts.rules_sheets, DECISIONS: parts.decisions, CHECKS: parts.checks}


class Rows:
    """Of the database, as the bundle would have them; sources: what makes them, by the name of their file."""

    def __init__(self, campaign: Campaign, sources: Mapping[str, Source]) -> None:
        self.campaign, self.sources = campaign, sources

    def rows(self, name: str) -> Iterator[Any]:
        return iter(self.sources[name](self.campaign))


def problem_of_records(campaign: Campaign) -> str:
    """The first row that is not what the log says, or an empty text; the log itself is checked elsewhere."""
    log = Log(map(content_of, Entry.objects.about(f"campaign {campaign.slug}").iterator()))
    recorded = Rows(campaign, SOURCES)
    try:
        check_sheets(recorded, log)
        check_decisions(recorded, log)
        check_against_log(recorded, log)
        _check_recounts(campaign, log)
        check_confidential(campaign)
    except Wrong as wrong:
        return str(wrong)
    return ""


def _check_recounts(campaign: Campaign, log: Log) -> None:
    logged = {e["details"]["version"]: e["details"]["problem"] for e in log.named("result recounted")}
    for recount in Recount.objects.filter(result__campaign=campaign).select_related("result"):
        version = recount.result.version
        said = logged.get(version)
        require(said == recount.problem, f"recount of version {version}", f"the log says “{said}”")


def check_confidential(campaign: Campaign) -> None:
    """Objections and cases, whose entries no bundle has. Raises Wrong."""
    _check_objections(campaign)
    _check_cases(campaign)


def _check_objections(campaign: Campaign) -> None:
    subject = f"objection {campaign.slug} "
    said = _entries(Entry.objects.filter(action__startswith="objection ", subject__startswith=subject))
    confirmed = campaign.decisions.exclude(confirmed_at=None)
    decided = set(confirmed.values_list("objection_id", flat=True))
    known = campaign.objections.select_related("employee", "place_of", "answered_by")
    for objection in known.order_by("number"):
        about, state = f"{subject}{objection.number}", objection.state
        made = said.pop((about, "objection made"), None)
        holds = _agrees(made, objection.made_at, made_details(objection))
        if state in (State.REFUSED, State.WITHDRAWN):
            closed = said.pop((about, f"objection {state}"), None)
            by = objection.answered_by.get_username() if objection.answered_by else None
            holds &= _agrees(closed, objection.answered_at, closed_details(objection), actor=by)
        else:
            holds &= (state == State.UPHELD) == (objection.pk in decided)
        require(holds, f"objection {objection.number}", "is not what the audit log says")
    _require_none_left(said)


def _check_cases(campaign: Campaign) -> None:
    acts = ("case opened", "case closed")
    said = _entries(Entry.objects.filter(action__in=acts, details__campaign=campaign.slug))
    for case in campaign.cases.select_related("employee", "closed_by").order_by("pk"):
        opened = said.pop((f"case {case.pk}", "case opened"), None)
        holds = _agrees(opened, case.opened_at, case_details(case, case.reason), actor=case.opened_by)
        if case.closed_by:
            closed, by = said.pop((f"case {case.pk}", "case closed"), None), case.closed_by.get_username()
            holds &= _agrees(closed, case.closed_at, case_details(case, case.outcome), actor=by)
        require(holds, f"case {case.pk}", "is not what the audit log says")
    _require_none_left(said)


def _entries(found: QuerySet[Entry]) -> dict[tuple[str, str], Entry]:
    return {(entry.subject, entry.action): entry for entry in found.order_by("number")}


def _agrees(
    entry: Entry | None, at: datetime | None, details: dict[str, Any], actor: str | None = None
) -> bool:
    """Whether an entry says this, as far as it says anything: earlier ones have fewer details."""
    if entry is None or entry.at != at or actor not in (None, entry.actor):
        return False
    return all(entry.details[name] == value for name, value in details.items() if name in entry.details)


def _require_none_left(said: dict[tuple[str, str], Entry]) -> None:
    for subject, action in said:
        raise Wrong(f"{subject}: the audit log says “{action}”, and the database does not")
