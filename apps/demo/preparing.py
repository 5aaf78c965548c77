"""Fills the demo's empty database: tables, directory, history, campaign, sign-ins, the board of each past day."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core.management import call_command

from apps.awards.due import tick
from apps.campaigns.files import read as read_campaign
from apps.campaigns.models import Campaign
from apps.campaigns.services import announce
from apps.demo.company import Company, Part, Person, make_company
from apps.demo.dates import Calendar
from apps.demo.files import SLUG, Files, write_files
from apps.demo.names import COMPANY_DOMAIN
from apps.demo.words import progress, say
from apps.directory.domains import add_company_domain
from apps.directory.importing import import_employees
from apps.directory.models import Employee, User
from apps.directory.roles import ADMINISTRATOR, AUDITOR, HR
from apps.ranking.services import refresh
from apps.sources.files import check
from apps.sources.importing import find_or_make_source, import_file
from bonus_tracker import clock
from bonus_tracker.startup import check_stamp

APPROVERS = ("approver1", "approver2")
ACTOR = "demo"


@dataclass(frozen=True)
class Login:
    username: str
    password: str
    about: str


@dataclass(frozen=True)
class Scene:
    """A database with a company in it, at the moment the demo's clock begins."""

    company: Company
    calendar: Calendar
    files: Files
    logins: list[Login]


def prepare(employees: int, seed: int, folder: Path) -> Scene:
    calendar = Calendar.on(clock.company_zone())
    with clock.showing(calendar.opens_at):
        say("Making the tables.")
        call_command("migrate", verbosity=0, interactive=False)
        check_stamp()
        say(f"Making up a company of {employees:,} and the messages of its last 40 days.")
        company = make_company(employees, seed)
        counts = write_files(folder, company, calendar)
        files = Files(folder)
        take_in_employees(files.employees, now=calendar.history_from)
        say(f"Importing {counts['history']:,} messages.")
        _import_history(files, calendar)
        _announce(files, calendar)
        logins = _make_logins(company)
        _rank_every_day(calendar)
    return Scene(company, calendar, files, logins)


def take_in_employees(path: Path, *, now: datetime) -> None:
    """Through the same door as any company's directory."""
    add_company_domain(COMPANY_DOMAIN, ACTOR, now)
    import_employees(
        path.read_bytes(),
        platform=settings.DEFAULT_PLATFORM,
        effective=now.astimezone(clock.company_zone()).date(),
        actor=ACTOR,
        now=now,
    )


def _import_history(files: Files, calendar: Calendar) -> None:
    checked = check(files.interactions("history"))
    source = find_or_make_source("history", None, now=calendar.opens_at)
    import_file(
        checked, source, actor=ACTOR, now=calendar.opens_at, progress=progress("imported", checked.lines)
    )


def _announce(files: Files, calendar: Calendar) -> None:
    now = calendar.history_from
    announce(read_campaign(files.campaign, calendar.zone, now=now), actor=ACTOR, now=now)
    tick(now=calendar.starts_at)


def _make_logins(company: Company) -> list[Login]:
    password = secrets.token_hex(4)
    honest = [star for star in company.stars if star.part == Part.STAR]
    people: list[tuple[str, str, Person | None, str]] = [
        ("racer", f"{honest[1].name}, an employee in the race", honest[1], ""),
        ("colleague", f"{ordinary(company).name}, an ordinary employee", ordinary(company), ""),
        ("hr", "HR: campaigns, contacts, the live board behind the freeze", None, HR),
        ("auditor", "sees everything, changes nothing", None, AUDITOR),
        ("admin", "administrator: directory, sources, sign-ins", None, ADMINISTRATOR),
        *((name, "HR, one of the two who approve the result", None, HR) for name in APPROVERS),
    ]
    hashed = make_password(password)  # once: it is slow on purpose
    for username, _about, person, role in people:
        employee = Employee.objects.get(number=person.number) if person else None
        user = User.objects.create(username=username, password=hashed, employee=employee, is_staff=bool(role))
        user.groups.set(Group.objects.filter(name=role))
    return [Login(username, password, about) for username, about, _person, _role in people]


def ordinary(company: Company) -> Person:
    """An employee with a few contacts of their own."""
    quiet = (person for person in company.people if person not in company.stars and person.left_on is None)
    return min(quiet, key=lambda person: (abs(person.contacts - 6), person.number))


def _rank_every_day(calendar: Calendar) -> None:
    """As the workers would have done, so that charts and yesterday's places have something to show."""
    campaign = Campaign.objects.get(slug=SLUG)
    first, last = calendar.starts_at, calendar.opens_at
    days = (last.date() - first.date()).days + 1
    report = progress("ranked", days)
    say(f"Ranking every day since {first.day} {first:%B}.")
    for number in range(days):
        refresh(campaign, now=min(first + timedelta(days=number, hours=12), last))
        report(number + 1)
