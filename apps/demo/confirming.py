"""What people do in the demo before they approve: a gap explained, the winners' contacts confirmed."""

import csv
import gzip
from collections.abc import Iterator
from datetime import datetime

from apps.activity.models import Source
from apps.campaigns.models import Campaign
from apps.demo.files import Files
from apps.directory.handles import account_key
from apps.directory.models import User
from apps.integrity.checks import is_done, states, tick, type_handle
from apps.integrity.decisions import confirm, propose
from apps.integrity.drafts import Draft
from apps.integrity.models import Check, Decision, Tick
from apps.ranking.models import Result

PLATFORM = "im"
WHY = "The export ends where the messenger's own deliveries begin."
EVIDENCE = "The last message of the export and the first delivery of the messenger."


def explain_gaps(result: Result, people: list[User], *, now: datetime) -> Iterator[str]:
    """One of two people proposes to accept each source's gap, the other one confirms it."""
    one, other = people
    campaign: Campaign = result.campaign
    gaps = campaign.fixed_sources.exclude(gaps=[]).values("source")
    for source in Source.objects.filter(pk__in=gaps).order_by("name"):
        draft = Draft(campaign=campaign, kind=Decision.Kind.GAP, source=source, reason=WHY, evidence=EVIDENCE)
        decision = propose(draft, proposer=one, now=now)
        confirm(decision, confirmer=other, seen_version=result.version, now=now)
        yield f'{one.username} and {other.username} accept that "{source.name}" says nothing of the last hours: {WHY}'


def confirm_contacts(result: Result, reviewers: list[User], files: Files, *, now: datetime) -> Iterator[str]:
    """Each winner types the handles of the sample, and two people call those contacts."""
    for check in result.checks.select_related("employee").order_by("employee__number"):
        if is_done(check):
            continue
        handles = {account_key(PLATFORM, handle): handle for handle in _handles(check, files)}
        winner = f"employee {check.employee.number}"  # not every winner has a sign-in in the demo
        for state in states(check):
            handle = handles[state.item.contact_id]
            type_handle(state.item, platform=PLATFORM, handle=handle, actor=winner, now=now)
            for reviewer in reviewers:
                tick(state.item, Tick.How.CALLED, reviewer=reviewer, now=now)
        yield (
            f"{check.employee.name} has named {check.size} of {check.population} contacts, drawn by lot, "
            "and two people have called each of them."
        )


def _handles(check: Check, files: Files) -> set[str]:
    """Of everybody with whom the winner has written."""
    own = set(check.employee.accounts.values_list("account__handle", flat=True))
    found: set[str] = set()
    for part in ("history", "live", "late"):
        with gzip.open(files.interactions(part), "rt", newline="") as lines:
            for line in csv.DictReader(lines):
                if own & {line["from"], line["to"]}:
                    found |= {line["from"], line["to"]}
    return found - own
