"""Nothing keeps anybody out of the console: every page of it and of its acts, by keyboard, enlarged, with axe."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from playwright.sync_api import Page, expect

from apps.campaigns.models import Campaign
from apps.directory.models import User
from apps.directory.roles import ADMINISTRATOR
from apps.integrity.models import Check, Decision
from apps.jobs.models import Job
from apps.ranking.models import Run
from apps.sources.uploads import CHECK
from tests.browser.company import NOW, Company
from tests.browser.test_by_keyboard import assert_tab_reaches_all
from tests.browser.test_inbox import ended  # noqa: F401 (fixture)
from tests.browser.visitor import CHINESE, DESKTOP, ENGLISH, PHONE, Visitor
from tests.console.addresses import NAMES, console_page

pytestmark = pytest.mark.xdist_group("browser")
Visit = Callable[..., Visitor]
Way = Callable[[Visitor], object]
BOTH = pytest.mark.parametrize("locale", [ENGLISH, CHINESE])
FILES = {"campaign-file"}  # not pages
HEAD = "number,name,department,handle,hired_on,left_on\n"
JOINING = HEAD + "N1,Nele New,East,nele@company.example,2026-10-01,\n"


@pytest.fixture
def ways(company: Company, ended: Campaign) -> dict[str, Way]:  # noqa: F811
    """How to come to each page, by name. Hanna may see them all, for she looks after the directory, too."""
    User.objects.get(username="hanna").groups.add(Group.objects.get(name=ADMINISTRATOR))
    refuse_an_upload()
    to_page = partial(console_page, running=company.running.slug, ended=ended.slug, employee=company.me)
    pages = {name: to(to_page(name)) for name in NAMES if name not in FILES}
    return pages | dict(acts(company, ended))


def refuse_an_upload() -> None:
    asked = {"source": "export", "platform": None, "covers": None, "file_name": "october.csv"}
    told = {"state": Job.State.FAILED, "problem": "Line 1 has no sender.", "ended_at": NOW}
    Job.objects.create(
        kind=CHECK, about="upload 1", asked=asked, asked_by="hanna", asked_at=NOW, language="en", **told
    )


def acts(company: Company, over: Campaign) -> Iterator[tuple[str, Way]]:
    """One of each kind of page that an act leads over."""
    yield "harmless act", to(of("campaigns_campaign_rank", company.running.pk))
    yield "grave act", to(of("campaigns_campaign_void", company.running.pk))
    yield "act with a form", to(of("campaigns_campaign_exclude", over.pk))
    yield "act with a table", to(of("integrity_decision_confirm", first(Decision)))
    yield "answer in sentences", partial(see_the_budget, campaign=company.running)
    yield "answer with a table", partial(propose_to_exclude, company=company, campaign=over)
    yield "rows", to(of("ranking_run_standings", first(Run)))
    yield "review", to(of("integrity_check_review", first(Check)))
    yield "end of a campaign", to(of("campaigns_campaign_ending", over.pk))
    yield "preview of a file", partial(upload, text=JOINING)
    yield "problems of a file", partial(upload, text=HEAD + "N1,,East,nobody,soon,\n")
    yield "chosen rows", choose_held_events


def of(name: str, *key: object) -> str:
    return reverse(f"admin:{name}", args=key)


def first(model: type) -> object:
    return model.objects.order_by("pk").values_list("pk", flat=True)[0]  # type: ignore[attr-defined]


def to(path: str) -> Way:
    return lambda visitor: visitor.go(path)


def see_the_budget(visitor: Visitor, campaign: Campaign) -> None:
    send(visitor.go(of("campaigns_campaign_budget", campaign.pk)))


def propose_to_exclude(visitor: Visitor, company: Company, campaign: Campaign) -> None:
    page = visitor.go(of("campaigns_campaign_exclude", campaign.pk))
    page.locator("#id_employee").fill(company.people["Maria Silva"].number)
    page.locator("#id_reason").fill("On the board.")
    page.locator("#id_evidence").fill("Its minutes.")
    send(page)


def upload(visitor: Visitor, text: str) -> None:
    page = visitor.go(of("directory_employee_import"))
    file = {"name": "people.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.locator("#id_file").set_input_files(file)  # type: ignore[arg-type]
    send(page)


def choose_held_events(visitor: Visitor) -> None:
    page = visitor.go(of("activity_quarantinedevent_changelist"))
    page.locator("input.action-select").first.check()
    page.locator("select[name=action]").select_option("release")
    page.locator("button[name=index]").click()
    page.wait_for_load_state()


def send(page: Page) -> None:
    page.locator("form.act-form .actions button").click()
    expect(page.locator("form.act-form")).to_have_count(0)
    page.wait_for_load_state()


def walk(visitor: Visitor, ways: dict[str, Way]) -> Iterator[str]:
    """Each page when all of it is there, by name."""
    for name, come in ways.items():
        come(visitor)
        expect(visitor.page.locator("[aria-busy=true]")).to_have_count(0)
        yield name


TWICE_THE_SIZE = (DESKTOP[0] // 2, DESKTOP[1] // 2)


@BOTH
@pytest.mark.parametrize("size", [DESKTOP, TWICE_THE_SIZE, PHONE], ids=["desktop", "twice the size", "phone"])
def test_every_page_fits_every_screen_in_both_colours(
    visit: Visit, ways: dict[str, Way], locale: str, size: tuple[int, int]
) -> None:
    visitor = visit(size=size, locale=locale)
    visitor.sign_in("hanna", to="/console/")
    for name in walk(visitor, ways):
        visitor.assert_looks_right(f"console-{name.replace(' ', '-')}")


def test_tab_reaches_everything_and_shows_where_it_is(visit: Visit, ways: dict[str, Way]) -> None:
    visitor = visit()
    visitor.sign_in("hanna", to="/console/")
    for name in walk(visitor, ways):
        assert_tab_reaches_all(visitor.page, name)


@BOTH
def test_axe_has_nothing_to_say_in_either_theme(visit: Visit, ways: dict[str, Way], locale: str) -> None:
    visitor = visit(locale=locale)
    visitor.sign_in("hanna", to="/console/")
    for name in walk(visitor, ways):
        visitor.assert_keeps_nobody_out(name)
