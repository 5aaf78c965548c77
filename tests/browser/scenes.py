"""Everything that an employee may come upon, for pages to be looked at: states, sizes, names, choices."""

from datetime import timedelta

from apps.awards.due import tick
from apps.campaigns.appearance import appear_as
from apps.campaigns.lifecycle import leave_contest
from apps.campaigns.models import Appearance, Campaign
from apps.directory.models import Department, Employee
from apps.ranking.services import refresh
from tests.awards.stories import deliver, talk
from tests.browser.company import NOW, START, Company, add_campaign, add_every_state
from tests.divisions import make_divided_campaign
from tests.factories import make_department, make_employee

CROWD = 100
STATES = ("year-end", "frozen", "settling", "provisional", "final", "empty", "void", "scheduled")
PAGES = {  # name of the picture: path
    **{slug: f"/{slug}/" for slug in STATES},
    **{f"{slug}-me": f"/{slug}/me/" for slug in STATES},
    "nearly-alone": "/of-1/",
    "nearly-alone-me": "/of-1/me/",
    "three": "/of-3/",
    "nobody": "/of-0/",
    "nobody-me": "/of-0/me/",
    "just-begun": "/begun/",
    "just-begun-me": "/begun/me/",
    "crowd": "/crowd/",
    "crowd-departments": "/crowd/departments/",
    "equals-over-the-edge": "/edge/",
    "not-taking-part": "/elsewhere/",
    "not-taking-part-me": "/elsewhere/me/",
    "hidden": "/hidden/",
    "hidden-name": "/hidden/me/name/",
    "generated": "/generated/",
    "generated-name": "/generated/me/name/",
    "own-division": "/apart/",
    "other-division": "/apart/?division=rest",
    "moved": "/moved/",
    "found": "/year-end/?q=silva",
    "found-nobody": "/year-end/?q=zzz",
    "my-contacts-nearly": "/year-end/me/?state=nearly#contacts",
    "check": "/year-end/me/check/",
    "name": "/year-end/me/name/",
    "leave": "/year-end/me/leave/",
    "rejoin": "/of-0/me/rejoin/",
    "closed": "/final/me/leave/",
    "objections-open": "/objecting/",
    "objections-open-me": "/objecting/me/",
    "result-to-object": "/objecting/me/result/",
    "result-past-objections": "/provisional/me/result/",
    "result-too-early": "/year-end/me/result/",
    "result": "/final/me/result/",
    "rules": "/year-end/rules/",
    "campaigns": "/?all",
    "password": "/password/",
}


def add_everything(company: Company) -> None:
    """Campaigns over the same talk: each state, and each thing that makes a board look different."""
    Employee.objects.filter(name="李静").update(name="欧阳晓晓")  # Chinese names of two, three and four
    add_every_state()
    add_campaign("objecting", deadline=NOW - timedelta(hours=11), grace_hours=0, objection_days=7)
    tick(now=NOW)
    for participants in (0, 1, 3):
        add_campaign_of(participants, company)
    _rank(add_campaign("begun", starts_at=NOW - timedelta(hours=1)))
    _rank(add_campaign("edge", public_places=7))  # two share place 7
    _rank(add_campaign("elsewhere", departments=["西区"]))
    _rank(add_campaign("moved", amendments=[_amendment()]))
    hidden = add_campaign("hidden")
    _appear(hidden, Appearance.Mode.HIDDEN, company.me, company.people["Maria Silva"])
    generated = add_campaign("generated")
    _appear(generated, Appearance.Mode.GENERATED, company.me, company.people["陈晓宇"])
    add_divided_campaign(company)
    crowd = add_campaign("crowd", public_places=200)
    add_crowd(*(make_department(name) for name in ("Operations and Logistics", "客户服务部", "Research")))
    _rank(crowd)


def add_campaign_of(participants: int, company: Company) -> Campaign:
    """Ann takes part unless nobody does; the others have left."""
    campaign = add_campaign(f"of-{participants}")
    everybody = sorted(Employee.objects.all(), key=lambda one: (one != company.me, one.pk))
    for employee in everybody[participants:]:
        leave_contest(campaign, employee, NOW)
    _rank(campaign)
    return campaign


def add_divided_campaign(company: Company) -> Campaign:
    """Sales, to which Ann belongs, and everybody else."""
    rule = {name: getattr(company.running, name) for name in ("min_sent_days", "min_active_days")}
    campaign = make_divided_campaign(
        {"sales": ["100000.00", "50000.00"], "rest": ["20000.00"]},
        slug="apart",
        name={"en": "Bring them in, each apart", "zh-hans": "带他们来，分组竞赛"},
        starts_at=START,
        public_places=3,
        **rule,
    )
    _rank(campaign)
    return campaign


def add_crowd(*departments: Department) -> None:
    """A hundred people with a contact each; the rankings of before do not know them."""
    people = [
        make_employee(
            name=f"Somebody With a Name {n}", department=departments[n % 3] if departments else None
        )
        for n in range(CROWD)
    ]
    until = NOW - timedelta(hours=2)
    talks = [talk(one, f"f{n}@outside.example", days=3, until=until) for n, one in enumerate(people)]
    deliver([event for one in talks for event in one], now=NOW, name="export")


def _rank(campaign: Campaign) -> None:
    refresh(campaign, now=NOW)


def _appear(campaign: Campaign, mode: Appearance.Mode, *employees: Employee) -> None:
    for employee in employees:
        appear_as(campaign, employee, mode, now=NOW, actor="test")
    _rank(campaign)


def _amendment() -> dict[str, str]:
    return {
        "before": "2026-12-20T16:00:00+00:00",
        "deadline": "2026-12-31T16:00:00+00:00",
        "at": "2026-10-12T02:00:00+00:00",
        "reason": "The messenger was down for a week.",
    }
