"""How the active contacts of a ranking are spread over people and departments."""

from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _

from apps.ranking.models import Run
from bonus_tracker.formats import number
from bonus_tracker.plots import Plot, Series

BARS = 16  # about so many
LEAST_MEMBERS = 10  # of a department that is shown: fewer would tell of single people
DEPARTMENTS = 15

SCORES = """
SELECT active_contacts, count(*) FROM ranking_standing WHERE run_id = %(run)s GROUP BY 1 ORDER BY 1
"""
# Everybody who belongs to the department itself on the last day counted, with or without a place.
BY_DEPARTMENT = """
SELECT department.path, count(*), sum(coalesce(standing.active_contacts, 0))
FROM directory_departmentmembership AS member
JOIN directory_department AS department ON department.id = member.department_id
LEFT JOIN ranking_standing AS standing ON standing.run_id = %(run)s AND standing.employee_id = member.employee_id
WHERE member.starts_on <= %(day)s AND (member.ends_on IS NULL OR member.ends_on >= %(day)s)
GROUP BY department.path HAVING count(*) >= %(least)s
ORDER BY sum(coalesce(standing.active_contacts, 0)) * 1.0 / count(*) DESC, department.path LIMIT %(most)s
"""


class DepartmentActivity(NamedTuple):
    """members: who belong to it; active_contacts: of all of them together."""

    path: str
    members: int
    active_contacts: int

    @property
    def a_member(self) -> float:
        return round(self.active_contacts / self.members, 1)


def scores(run: Run) -> list[tuple[int, int]]:
    """(active contacts, people who have so many), fewest first; nobody without any."""
    with connection.cursor() as cursor:
        cursor.execute(SCORES, {"run": run.pk})
        return list(cursor.fetchall())


def histogram(found: list[tuple[int, int]]) -> Plot:
    """People by their active contacts, in bars of equal width."""
    most = max((score for score, _people in found), default=0)
    width = bar_width(most)
    bars = [0] * (-(-most // width))
    for score, people in found:
        bars[(score - 1) // width] += people
    labels = [_range(n * width + 1, (n + 1) * width) for n in range(len(bars))]
    title = _("People by number of active contacts")
    return Plot("distribution", title, "bar", labels, [Series(_("people"), bars)], _("active contacts"))


def bar_width(most: int) -> int:
    """Of 1, 2 or 5 times a power of ten, the first with which `most` takes about BARS bars."""
    width = 1
    while -(-most // width) > BARS:
        width = width * 5 // 2 if str(width).startswith("2") else width * 2
    return width


def departments(run: Run) -> list[DepartmentActivity]:
    """The most active ones by member, of those with LEAST_MEMBERS or more."""
    values: dict[str, Any] = {
        "run": run.pk,
        "day": run.last_date,
        "least": LEAST_MEMBERS,
        "most": DEPARTMENTS,
    }
    with connection.cursor() as cursor:
        cursor.execute(BY_DEPARTMENT, values)
        return [DepartmentActivity(*row) for row in cursor.fetchall()]


def department_plot(found: list[DepartmentActivity]) -> Plot:
    series = [Series(_("active contacts a member"), [each.a_member for each in found])]
    labels = [each.path.rsplit(" / ", 1)[-1] for each in found]
    return Plot(
        "departments", _("Active contacts a member, by department"), "bar", labels, series, _("department")
    )


def _range(low: int, high: int) -> str:
    return number(low) if low == high else f"{number(low)}–{number(high)}"
