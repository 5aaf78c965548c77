"""Who plays in the story of a campaign, what its machines do, and the pictures that are taken of it."""

import csv
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import NamedTuple

from django.core.management import call_command
from PIL import Image
from playwright.sync_api import Page

from apps.campaigns.models import Campaign
from apps.directory.models import CompanyDomain, Employee
from apps.directory.roles import ADMINISTRATOR, HR
from apps.ranking.services import latest_result
from bonus_tracker import clock
from tests.browser.company import make_official
from tests.browser.visitor import Visitor
from tests.factories import make_department, make_employee, make_user

SLUG = "autumn"
PICTURES = os.environ.get(
    "STORY_PICTURES", ""
)  # the folder that docs/story.md's are written to; none otherwise
COLOURS = 256  # of a picture
NAMES = {  # sign-in: number, name
    "chen": ("E101", "陈晓宇"),
    "maria": ("E102", "Maria Silva"),
    "li": ("E103", "李静"),
    "tom": ("E104", "Tom Baker"),
    "olu": ("E105", "Olu Adeyemi"),
    "ann": ("E106", "Ann Example"),
    "sofia": ("E107", "Sofia Rossi"),
    "wang": ("E108", "王芳"),
}
FRIENDS = ("anna", "boris", "carla", "dmitri", "elena", "felix", "greta", "hugo", "irina")


class Talk(NamedTuple):
    """Both wrote to each other in the evening of a day of September."""

    username: str
    handle: str
    day: int


def friends(username: str, first: int, last: int) -> list[str]:
    """Handles of people whom nobody else in the company talks with."""
    return [f"{name}.{username}@customer.example" for name in FRIENDS[first:last]]


def talks(username: str, handles: list[str], *days: int) -> list[Talk]:
    return [Talk(username, handle, day) for handle in handles for day in days]


@dataclass
class Story:
    visit: Callable[..., Visitor]
    folder: Path  # of files that are delivered, handed over and taken home
    people: dict[str, Employee]
    visitors: dict[str, Visitor] = field(default_factory=dict)

    @property
    def campaign(self) -> Campaign:
        return Campaign.objects.get(slug=SLUG)

    def places(self) -> list[tuple[int, str, int]]:
        """(rank, sign-in, contacts) of the newest version of the result, best first."""
        result = latest_result(self.campaign)
        assert result is not None
        found = result.run.standings.order_by("rank", "employee__number")
        known = {employee.pk: username for username, employee in self.people.items()}
        rows = found.values_list("rank", "employee_id", "active_contacts")
        return [(rank, known[employee_id], score) for rank, employee_id, score in rows]

    def sight_of(self, username: str, path: str = "") -> Page:
        """Somebody's own browser, signed in, on a page."""
        if username not in self.visitors:
            self.visitors[username] = self.visit()
            self.visitors[username].sign_in(username)
        visitor = self.visitors[username]
        return visitor.go(path) if path else visitor.page

    def deliver(self, name: str, told: list[Talk], covers: str = "") -> None:
        """The messenger's export comes as a file. covers: the time it speaks for."""
        path = self.folder / name
        with path.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["message_id", "sent_at", "from", "to"])
            for username, handle, day in told:
                own = f"{username}@company.example"
                writer.writerow([f"{handle}-{day}-1", f"2026-09-{day}T20:00:00+08:00", own, handle])
                writer.writerow([f"{handle}-{day}-2", f"2026-09-{day}T20:05:00+08:00", handle, own])
        claim = ["--covers", covers] if covers else []
        call_command("import_interactions", path, "--source", "messenger", *claim, stdout=StringIO())


def gather(visit: Callable[..., Visitor], folder: Path) -> Story:
    """The company, two of HR and an administrator; everybody has a sign-in."""
    CompanyDomain.objects.create(domain="company.example")
    departments = [make_department("Sales"), make_department("Service")]
    people = {}
    for n, (username, (number, name)) in enumerate(NAMES.items()):
        handle, department = f"{username}@company.example", departments[n % 2]
        people[username] = make_employee(handle, name=name, number=number, department=department)
        make_user(username, people[username])
    for name, role in (("hanna", HR), ("olga", HR), ("adam", ADMINISTRATOR)):
        make_official(name, role)
    return Story(visit, folder, people)


@contextmanager
def on(instant: str) -> Iterator[None]:
    """The time in Shanghai is so, such as 2026-10-01 01:00."""
    with clock.showing(datetime.fromisoformat(instant).replace(tzinfo=clock.company_zone())):
        yield


def regular_jobs() -> None:
    """What workers do every minute."""
    call_command("tick", stdout=StringIO())
    call_command("refresh", stdout=StringIO())


def picture(page: Page, name: str, *, height: int = 720, width: int = 1200, top: str = "") -> None:
    """What is seen now, as story-NAME.png; none without a name. top: a selector of what is at the upper edge."""
    if not (PICTURES and name):
        return
    before = page.viewport_size
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_load_state("networkidle")
    page.evaluate("top => (top ? document.querySelector(top) : document.body).scrollIntoView()", top)
    image = Image.open(BytesIO(page.screenshot())).convert("RGB")
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(
        Path(PICTURES) / f"story-{name}.png", optimize=True
    )
    if before:
        page.set_viewport_size(before)
