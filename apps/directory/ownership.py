"""Two questions about accounts: does anybody claim another's, and which traffic is lost for good."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise

from django.utils.translation import gettext as _

from apps.directory.periods import Days, without
from apps.directory.records import Problem, Record, Stated, Table
from apps.directory.snapshot import Snapshot

Owners = dict[str, list[tuple[Days, str]]]  # account -> (days, number)


def claims(records: Iterable[Record]) -> Owners:
    owners: Owners = defaultdict(list)
    for record in records:
        for row in record.rows[Table.ACCOUNT]:
            owners[row.value].append((row.days, record.number))
    return owners


def conflicts(snapshot: Snapshot, after: Mapping[str, Record], stated: Mapping[str, Stated]) -> list[Problem]:
    """Accounts that two would own on one day: each with both numbers, by the line that claims it."""
    problems = []
    for account, of_people in claims(after.values()).items():
        owners = sorted(of_people + snapshot.others.get(account, []))
        for first, second in pairwise(owners):
            if first[0].overlap(second[0]):
                line = max(_line(stated, number, account) for _days, number in (first, second))
                problems.append(Problem(line, _conflict(account, *first, *second)))
    return problems


def _conflict(account: str, first_days: Days, first: str, second_days: Days, second: str) -> str:
    text = _("account %(account)s would be %(first)s's (%(first_days)s) and %(second)s's (%(second_days)s)")
    about = {"account": account, "first": first, "second": second}
    return text % {**about, "first_days": str(first_days), "second_days": str(second_days)}


def _line(stated: Mapping[str, Stated], number: str, account: str) -> int:
    """Where the file says that it is theirs; else where it says anything of them, 0 when nowhere."""
    person = stated.get(number)
    if person is None:
        return 0
    lines = [employment.accounts.get(account, 0) for employment in person.employments]
    return max(lines, default=0) or person.line


def staff_days_changed(
    snapshot: Snapshot, after: Mapping[str, Record]
) -> dict[str, tuple[list[Days], list[Days]]]:
    """account -> days on which it is staff's no longer, and days on which it newly is."""
    old, new = claims(snapshot.people.values()), claims(after.values())
    changed = {}
    for account in sorted(old.keys() | new.keys()):
        others = [days for days, _number in snapshot.others.get(account, [])]
        before = [days for days, _number in old.get(account, [])] + others
        now = [days for days, _number in new.get(account, [])] + others
        lost, gained = without(before, now), without(now, before)
        if lost or gained:
            changed[account] = (lost, gained)
    return changed
