"""A small company that talks with people outside, taken in as real deliveries are."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.models import Group

from apps.activity.batch import Event
from apps.activity.contact_facts import record_fact
from apps.activity.models import Contact, Delivery
from apps.awards.due import tick
from apps.awards.services import approve
from apps.campaigns.models import Campaign
from apps.directory.handles import account_key
from apps.directory.models import CompanyDomain, Employee, User
from apps.ranking.services import latest_result, refresh
from tests.awards.stories import deliver, talk
from tests.factories import make_campaign, make_department, make_employee, make_user
from tests.integrity.ready import complete_sources, make_ready

NOW = datetime(2026, 10, 20, 2, tzinfo=UTC)  # 20 October 2026, 10:00 in Shanghai
START = NOW - timedelta(days=55, hours=10)  # midnight of 26 August in Shanghai
SCORES = {  # of today; three of the first one's contacts came with the latest delivery
    "陈晓宇": 9,
    "Maria Silva": 7,
    "Wolfeschlegelsteinhausenberger-Bergerdorff": 6,
    "李静": 5,
    "Olu Adeyemi": 4,
    "王芳": 2,
    "Tom Baker": 2,
    "赵磊": 1,
}
ME = "Ann Example"  # three contacts: place 6
PUBLIC_PLACES = 6
NEARLY, LAPSING, SAFE, SET_ASIDE = (f"{name}@customer.example" for name in ("nora", "lars", "sven", "relay"))


@dataclass
class Company:
    people: dict[str, Employee]
    me: Employee
    latest: Delivery
    running: Campaign

    @property
    def url(self) -> str:
        return f"/{self.running.slug}/"


def make_company() -> Company:
    """Ranked yesterday and now; Ann and HR have sign-ins."""
    CompanyDomain.objects.create(domain="company.example")
    east, west = make_department("East", make_department("Sales")), make_department("西区")
    people = {
        name: make_employee(name=name, department=west if n % 2 else east) for n, name in enumerate(SCORES)
    }
    me = make_employee("ann@company.example", name=ME, number="A1", department=east)
    make_employee(name="孙丽", department=west)  # has talked with nobody yet
    make_user("ann", me)
    make_official("hanna", "HR")
    running = make_campaign(
        "100000.00",
        "50000.00",
        "20000.00",
        slug="year-end",
        name={"en": "Bring them in", "zh-hans": "带他们来"},
        starts_at=START,
        public_places=PUBLIC_PLACES,
    )
    first = people["陈晓宇"]
    earlier = [event for name, person in people.items() for event in _friends(person, 0, _at_first(name))]
    deliver([*earlier, *_own_contacts(me)], now=NOW, name="export")
    relay = Contact.objects.get(pk=account_key("im", SET_ASIDE))
    record_fact(relay, "not_counted", reason="A machine that answers.", actor="hanna", now=NOW)
    refresh(running, now=NOW - timedelta(days=1))
    latest = deliver(_friends(first, 6, 9, until=NOW - timedelta(hours=1)), now=NOW, name="export")
    refresh(running, now=NOW)
    return Company(people, me, latest, running)


def make_official(username: str, role: str) -> User:
    user = make_user(username)
    user.groups.add(Group.objects.get(name=role))
    return user


def befriend_more(company: Company, name: str, contacts: int) -> None:
    """Further contacts of somebody arrive and are ranked."""
    until = NOW - timedelta(hours=2)
    events = [
        event
        for n in range(contacts)
        for event in talk(company.people[name], f"late{n}@customer.example", days=3, until=until)
    ]
    deliver(events, now=NOW, name="export")
    refresh(company.running, now=NOW)


def add_campaign(slug: str, **fields: Any) -> Campaign:
    """Another one, over the same talk."""
    name = {"en": f"The {slug} one", "zh-hans": "另一个活动"}
    values = {"name": name, "starts_at": START, "public_places": PUBLIC_PLACES} | fields
    return make_campaign("100000.00", "50000.00", slug=slug, **values)


def add_every_state() -> None:
    """One campaign in each state that looks different."""
    ended = {"deadline": NOW - timedelta(hours=11), "objection_days": 0}
    frozen = add_campaign("frozen", freeze_at=NOW - timedelta(hours=20))
    refresh(frozen, now=NOW)
    add_campaign("final", grace_hours=0, **ended)
    approvers = [make_official(f"approver{n}", "HR") for n in (1, 2)]
    complete_sources(NOW)
    tick(now=NOW)
    make_ready(Campaign.objects.get(slug="final"), now=NOW)
    for approver in approvers:
        finish("final", approver)
    add_campaign("provisional", grace_hours=0, **ended)
    add_campaign("settling", grace_hours=72, **ended)
    tick(now=NOW)
    add_campaign("empty")
    add_campaign("void", state="void", void_reason="The messenger was down for a week.")
    add_campaign("scheduled", state="scheduled", starts_at=NOW + timedelta(days=2))


def finish(slug: str, approver: User) -> None:
    """One of the two approvals."""
    result = latest_result(Campaign.objects.get(slug=slug))
    assert result is not None
    approve(result, approver, now=NOW)


def _at_first(name: str) -> int:
    return 6 if name == "陈晓宇" else SCORES[name]


def _friends(
    person: Employee, first: int, last: int, *, until: datetime = NOW - timedelta(days=3)
) -> list[Event]:
    return [
        event
        for n in range(first, last)
        for event in talk(person, f"{person.number}-friend{n}@outside.example", days=3, until=until)
    ]


def _own_contacts(me: Employee) -> list[Event]:
    """Three that count, one of which lapses within days; one nearly; one that HR sets aside; one greeted."""
    old = NOW - timedelta(days=26)
    recently = NOW - timedelta(days=3)
    nearly = talk(me, NEARLY, days=3, until=recently)
    return [
        *talk(me, SAFE, days=4, until=recently),
        *talk(me, "sara@customer.example", days=3, until=recently),
        *talk(me, LAPSING, days=2, until=old),
        *talk(me, LAPSING, days=1, until=recently),
        *[event for event in nearly if event.sender == "ann@company.example" or event is nearly[1]],
        *talk(me, SET_ASIDE, days=5, until=recently),
        *talk(me, "greg@customer.example", days=1, until=recently)[:1],
    ]
