"""Departments beside one another: how many active contacts a member has on average.

Only departments of at least ten who take part are compared, and none in which the figures of one or two people
that the board does not show could be worked out from those it does.
"""

from functools import partial
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, Sum
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from apps.campaigns.appearance import appearances_version
from apps.campaigns.further import Awarding
from apps.campaigns.models import Campaign, OptOut
from apps.campaigns.rule import Rule
from apps.directory.models import DepartmentMembership
from apps.ranking import facts
from apps.ranking.instant import Instant
from apps.ranking.models import Run
from bonus_tracker.kept import Kept

LEAST_MEMBERS = 10
LEAST_UNSEEN = 3  # with fewer, each knows what the others have
KEPT_SECONDS = 600  # people may change departments while the run stays

PATH = """CASE WHEN %(level)s = 0 THEN department.path
    ELSE array_to_string((string_to_array(department.path, ' / '))[:%(level)s], ' / ') END"""
AVERAGES = f"""
SELECT rank() OVER (ORDER BY contacts::numeric / members DESC), path, members, contacts,
    count(*) OVER (PARTITION BY contacts::numeric / members) > 1
FROM (
    SELECT {PATH} AS path, count(*) AS members, coalesce(sum(standing.active_contacts), 0) AS contacts,
        count(*) FILTER (WHERE standing.rank IS NULL OR standing.rank > %(public_places)s
            OR coalesce(shown.mode, 'own') <> 'own') AS unseen
    FROM ({{participants}}) AS participant
    JOIN directory_departmentmembership AS member ON member.employee_id = participant.employee_id
        AND member.starts_on <= %(last_day)s AND (member.ends_on IS NULL OR member.ends_on >= %(last_day)s)
    JOIN directory_department AS department ON department.id = member.department_id
    LEFT JOIN ranking_standing AS standing
        ON standing.run_id = %(run)s AND standing.employee_id = participant.employee_id
    LEFT JOIN campaigns_appearance AS shown
        ON shown.campaign_id = %(campaign)s AND shown.employee_id = participant.employee_id
    GROUP BY 1
) AS counted
WHERE members >= %(least)s AND (unseen = 0 OR unseen >= %(least_unseen)s)
ORDER BY 1, path COLLATE "C"
"""


class DepartmentPlace(NamedTuple):
    rank: int
    path: str
    members: int
    contacts: int
    is_shared: bool

    @property
    def average(self) -> float:
        return self.contacts / self.members


_kept: Kept[tuple[DepartmentPlace, ...]] = Kept(lambda: KEPT_SECONDS, most=50)
_tables: Kept[SafeString] = Kept(lambda: KEPT_SECONDS, most=500)


def department_places(campaign: Campaign, run: Run) -> tuple[DepartmentPlace, ...]:
    """Best first; equals share a place. The same for everybody, made once a ranking in each process."""
    # Keys only grow, so the same number with the same sum are the same people.
    left = OptOut.objects.filter(campaign=campaign).aggregate(n=Count("pk"), keys=Sum("pk"))
    key = (run.pk, campaign.public_places, appearances_version(campaign), left["n"], left["keys"])
    return _kept.get(key, partial(_read, campaign, run))


def table(places: tuple[DepartmentPlace, ...], mine: str) -> SafeString:
    """As HTML in the reader's language, their own department marked: made once for all of its members."""
    context = {"places": places, "mine": mine}
    make = partial(render_to_string, "leaderboard/_departments.html", context)
    return _tables.get((places, mine, get_language()), make)


def least_members(campaign: Campaign) -> int:
    return max(LEAST_MEMBERS, Awarding.of(campaign.awarding).department_members)


def own_path(campaign: Campaign, run: Run, employee_id: int) -> str:
    """The department that somebody counts for; empty for none."""
    members = DepartmentMembership.objects.filter(employee=employee_id, starts_on__lte=run.last_date)
    rows = members.exclude(ends_on__lt=run.last_date).values_list("department__path", flat=True)
    level = Awarding.of(campaign.awarding).department_level
    path = rows.first() or ""
    return " / ".join(path.split(" / ")[:level]) if level else path


def _read(campaign: Campaign, run: Run) -> tuple[DepartmentPlace, ...]:
    rule, awarding = Rule.of(campaign), Awarding.of(campaign.awarding)
    values = facts.parameters(campaign, rule, Instant.of(campaign, rule, run.as_of)) | {
        "run": run.pk,
        "public_places": campaign.public_places,
        "level": awarding.department_level,
        "least": least_members(campaign),
        "least_unseen": LEAST_UNSEEN,
    }
    with connection.cursor() as cursor:
        cursor.execute(AVERAGES.format(participants=facts.participants(campaign)), values)
        return tuple(DepartmentPlace(*row) for row in cursor.fetchall())
