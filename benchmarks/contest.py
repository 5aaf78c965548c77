"""What pages show: a ranked campaign with prizes, yesterday's places, and people who can sign in."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import Group
from django.db import connection

from apps.activity.sql import note_arrival
from apps.campaigns.models import Campaign, Prize
from apps.directory.models import Employee, User
from apps.directory.roles import HR
from apps.ranking import services
from apps.ranking.models import Run, Standing
from benchmarks.world import World

READERS = 8
MANY_TIES = 300
PRIZES = {1: "100000", 2: "50000", 3: "20000"}

# Of everybody's ties those of people one has none with, until there are enough.
BEFRIEND = """
INSERT INTO activity_tie (employee_id, contact_id, first_date, anchor, recent_sent, recent_received)
SELECT DISTINCT ON (contact_id) %(employee)s, contact_id, first_date, anchor, recent_sent, recent_received
FROM activity_tie AS other
WHERE NOT EXISTS (SELECT FROM activity_tie AS own
    WHERE own.employee_id = %(employee)s AND own.contact_id = other.contact_id)
ORDER BY contact_id, employee_id
LIMIT greatest(0, %(many)s - (SELECT count(*) FROM activity_tie WHERE employee_id = %(employee)s))
"""


@dataclass(frozen=True)
class Contest:
    """readers: of places spread over the whole board; the first of them has MANY_TIES ties or a few more."""

    campaign: Campaign
    run: Run
    readers: list[User]
    hr: User

    @property
    def url(self) -> str:
        return f"/{self.campaign.slug}/"


def hold(world: World) -> Contest:
    """In a copy of the world."""
    campaign = _announce(world)
    sociable = _most_sociable()
    with connection.cursor() as cursor:
        cursor.execute(BEFRIEND, {"employee": sociable.pk, "many": MANY_TIES})
        cursor.execute("ANALYZE activity_tie")
    services.refresh(campaign, now=world.now - timedelta(days=1))
    note_arrival()
    run = services.refresh(campaign, now=world.now)
    assert run is not None
    ranked = list(Standing.objects.filter(run=run).exclude(employee=sociable).order_by("rank", "employee_id"))
    others = [standing.employee for standing in ranked[:: max(1, len(ranked) // (READERS - 1))]]
    hr = User.objects.create(username="hr")
    hr.groups.add(Group.objects.get(name=HR))
    readers = [
        User.objects.create(username=employee.number, employee=employee)
        for employee in (sociable, *others[: READERS - 1])
    ]
    return Contest(campaign, run, readers, hr)


def _announce(world: World) -> Campaign:
    """The month with prizes, which cannot be added to it any more."""
    campaign = world.month
    campaign.pk, campaign.slug, campaign.state = None, "contest", Campaign.State.SCHEDULED
    campaign.save(force_insert=True)
    for place, amount in PRIZES.items():
        Prize.objects.create(campaign=campaign, place=place, net_amount=amount)
    campaign.state = Campaign.State.RUNNING
    campaign.save(update_fields=["state"])
    return campaign


def _most_sociable() -> Employee:
    """Whoever has the most ties of those with at most MANY_TIES."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT employee_id FROM activity_tie GROUP BY employee_id HAVING count(*) <= %s "
            "ORDER BY count(*) DESC, employee_id LIMIT 1",
            [MANY_TIES],
        )
        return Employee.objects.get(pk=cursor.fetchone()[0])
