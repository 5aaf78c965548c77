"""A contest from its announcement to its awards, with decisions in between, and its evidence."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from typing import Any

from apps.audit.signing import Signer, make_key
from apps.awards.due import tick
from apps.awards.evidence.exporting import export_evidence
from apps.awards.services import approve
from apps.campaigns.announcement import Announcement, PrizeLine
from apps.campaigns.models import Campaign
from apps.campaigns.services import announce
from apps.directory.models import Employee, User
from apps.integrity.bundle import door
from apps.integrity.bundle.files import Wrong
from apps.integrity.cases import close_case, open_case
from apps.integrity.deadlines import confirm_deadline, propose_deadline
from apps.integrity.decisions import confirm, propose, reject
from apps.integrity.drafts import Draft, GrantedTalk
from apps.integrity.models import Decision
from apps.integrity.objections import object_to, refuse
from tests.awards.stories import LAST_DAY, befriend, deliver
from tests.factories import DEADLINE, START, make_department, make_employee
from tests.integrity.ready import complete_sources, make_ready
from tests.integrity.stories import GRACE_ENDS, IN_TIME, OBJECTIONS_END, Contest, decider, friend

NAMES = [f"Firstname{n} Lastname{n}" for n in range(1, 31)]
APPROVERS = ("approver1", "approver2")
PRIZES = (PrizeLine(1, Decimal("100000.00"), "CNY"), PrizeLine(2, Decimal("20000.00"), "CNY"))
MOVED = DEADLINE - timedelta(hours=1)
Kind = Decision.Kind


def announced_contest(
    scores: tuple[int, ...] = (5, 4, 4, 2, 0),
    later: timedelta = timedelta(0),
    before_the_end: Callable[[list[Employee]], object] = lambda _employees: None,
    prizes: tuple[PrizeLine, ...] = PRIZES,
    departments: tuple[str, ...] = (),
    **announced: Any,
) -> Contest:
    """E1, E2, ... with so many friends each; provisional. later: by how much two people moved the deadline.

    departments: of the employees in turn, Sales where none is given.
    """
    existing = {name: make_department(name) for name in {"Sales", *departments}}
    announcement = Announcement(
        slug="year-end",
        starts_at=START,
        deadline=DEADLINE,
        name={"en": "Bring them in"},
        prizes=prizes,
        **announced,
    )
    campaign = announce(announcement, actor="hr", now=START - timedelta(days=30)).campaign
    employees = [
        make_employee(number=f"E{n}", name=NAMES[n - 1], department=existing[name])
        for n, (_score, name) in enumerate(zip_longest(scores, departments, fillvalue="Sales"), start=1)
    ]
    for name in APPROVERS:
        decider(name)
    tick(now=START)
    deliver([e for person, score in zip(employees, scores, strict=True) for e in befriend(person, score)])
    before_the_end(employees)
    complete_sources(DEADLINE + later)
    if later:
        one, two = (User.objects.get(username=name) for name in APPROVERS)
        moved = propose_deadline(campaign, DEADLINE + later, reason="holidays", proposer=one, now=MOVED)
        confirm_deadline(moved, confirmer=two, now=MOVED)
    tick(now=DEADLINE + later)
    tick(now=GRACE_ENDS + later)
    campaign.refresh_from_db()
    assert campaign.state == Campaign.State.PROVISIONAL
    return Contest(campaign, employees)


def decided_contest() -> Contest:
    """Decisions of several kinds, one undone, one rejected; E2 wins before E3 by days that were granted."""
    it = announced_contest()
    first, second, third = it.employees[:3]
    decide(it, kind=Kind.EXCLUSION, employee=first)
    decide(it, kind=Kind.UNDO, undoes=it.campaign.decisions.get(), employee=first)
    accounts = frozenset({friend(first, 0), friend(first, 1)})
    decide(it, kind=Kind.ONE_PERSON, contacts=accounts)
    decide(it, kind=Kind.NOT_COUNTED, employee=third, contacts=frozenset({friend(third)}))
    days = frozenset(LAST_DAY.date().replace(day=day) for day in (27, 28, 29))
    talk = GrantedTalk(contact_id=4711, sent=days, received=days)
    decide(it, kind=Kind.GRANTED, employee=second, talks=(talk,))
    idle = propose(_draft(it, kind=Kind.EXCLUSION, employee=second), proposer=decider(), now=IN_TIME)
    reject(idle, by=decider(), reason="nothing was found", now=IN_TIME)
    return it


def _draft(it: Contest, **fields: object) -> Draft:
    return Draft(campaign=it.campaign, reason="checked", evidence="Firstname1 said so", **fields)  # type: ignore[arg-type]


def decide(it: Contest, **fields: object) -> None:
    decision = propose(_draft(it, **fields), proposer=decider(), now=IN_TIME)
    confirm(decision, confirmer=decider(), seen_version=it.result.version, now=IN_TIME)


def ready_contest() -> Contest:
    """As decided, with an objection and a case that were answered; approvals alone are missing."""
    it = decided_contest()
    objector, doubted = it.employees[4], it.employees[2]
    objection = object_to(
        it.campaign, objector, "Two are missing.", now=IN_TIME, actor="e5", contacts_claimed=2
    )
    refuse(objection, answer="They wrote on one day.", by=decider(), now=IN_TIME)
    case = open_case(it.campaign, doubted, reason="a late burst", by=decider(), now=IN_TIME)
    close_case(case, outcome="a trade fair", by=decider(), now=IN_TIME)
    tick(now=OBJECTIONS_END)
    make_ready(it.campaign, now=OBJECTIONS_END)
    return it


def final_contest() -> Contest:
    it = ready_contest()
    for name in APPROVERS:
        approve(it.result, User.objects.get(username=name), now=OBJECTIONS_END)
    it.campaign.refresh_from_db()
    assert it.campaign.state == Campaign.State.FINAL
    return it


def key(folder: Path) -> Signer:
    return make_key(folder / "key.pem")


def export(it: Contest, folder: Path, signer: Signer, name: str = "evidence.zip") -> Path:
    path = folder / name
    export_evidence(it.campaign, path, signer=signer, actor="hr", now=OBJECTIONS_END, say=lambda text: None)
    return path


def first_wrong(path: Path, **options: object) -> str:
    """What verify.py names as the first thing wrong, or an empty text."""
    try:
        door.check(path, say=lambda text: None, **options)  # type: ignore[arg-type]
    except Wrong as wrong:
        return str(wrong)
    return ""
