"""Take in a file of employees: all of it or nothing, and again without harm."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime

from apps.audit.services import record
from apps.directory import snapshot as snapshots
from apps.directory.applying import write
from apps.directory.changes import difference
from apps.directory.corrections import Touched, apply_correction
from apps.directory.diff import Diff, unheard_lines
from apps.directory.ownership import conflicts
from apps.directory.parsing import read_lines
from apps.directory.planning import stated_record
from apps.directory.records import DirectoryError, Problem, Record, Stated
from apps.directory.snapshot import Snapshot
from apps.directory.statements import stated_people


def import_employees(
    content: bytes, *, platform: str, effective: date, actor: str, now: datetime, dry_run: bool = False
) -> Diff:
    """Make the directory say what the file says; people, employments and accounts it leaves out stay.

    content: the file, UTF-8 CSV. platform: of handles whose line names none. effective: from which day
    a changed department, entity or group holds. Returns what changed, or with `dry_run` would.
    Raises DirectoryError with every problem by line; then nothing was changed.
    """
    lines, problems = read_lines(content, platform)
    people, contradictions = stated_people(lines)
    problems += contradictions
    if dry_run:
        return _plan(people, problems, effective, now)[2]
    diff = Diff()

    def change() -> Touched | None:
        nonlocal diff
        snapshot, after, diff = _plan(people, problems, effective, now)
        if all(snapshot.people.get(number) == person for number, person in after.items()):
            return None
        touched = write(snapshot, after)
        details = {
            "lines": len(lines),
            "employees": len(people),
            "effective": effective.isoformat(),
            "sha256": hashlib.sha256(content).hexdigest(),
            "changes": diff.counts(),
        }
        record("directory imported", actor=actor, subject="directory", at=now, details=details)
        return touched

    apply_correction(change)
    return diff


def _plan(
    people: Mapping[str, Stated], problems: list[Problem], effective: date, now: datetime
) -> tuple[Snapshot, dict[str, Record], Diff]:
    """What is held, what it becomes, and the difference; raises DirectoryError with every problem."""
    accounts = {
        account
        for person in people.values()
        for employment in person.employments
        for account in employment.accounts
    }
    snapshot = snapshots.read(people.keys(), accounts)
    after = {
        number: stated_record(snapshot.people.get(number), person, effective)
        for number, person in people.items()
    }
    problems = problems + conflicts(snapshot, after, people)
    if problems:
        raise DirectoryError(problems)
    diff = difference(snapshot, after, now=now)
    for number in sorted(people):
        diff.add(unheard_lines(people[number], after[number], effective))
    return snapshot, after, diff
