"""No door shows what must not be known yet, nor calls final what is not; a door that nobody named fails.

While the board is frozen, settling and provisional every address, mail and command is asked as everybody. The
scores of the public run, the live run and a run that was overtaken are numbers that occur nowhere else.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.core import mail
from django.core.management import CommandError, call_command, get_commands
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from apps.awards.mails.sending import send_due
from apps.awards.models import Award, Mail
from apps.campaigns.models import Campaign
from apps.console import urls as console_urls
from apps.directory.models import User
from apps.ranking.models import Board
from tests.factories import make_board, make_campaign, make_employee, make_result, make_run, make_user
from tests.leaderboard.scene import NOW, TODAY, YESTERDAY, Contest, make_member
from tests.leaderboard.test_access import patterns

pytestmark = pytest.mark.django_db

FROZEN, LIVE, STALE = 7103, 9207, 5501  # nobody has another score that is one more or less
PHASES = ("frozen", "settling", "provisional")
SAID_OF_WHAT_IS_FINAL = (
    "Final result",
    "已由两人批准并封存，不再变动。",
    "Approved by two people and sealed",
    '"state":"final"',
)
LANGUAGES = ("en", "zh-hans")

# Addresses, and who gets an answer there at all; what is answered must hold in every phase.
EMPLOYEES = {
    "home",
    "leaderboard",
    "departments",
    "rules-sheet",
    "my-page",
    "my-data",
    "my-receipt",
    "check-contact",
    "my-result",
    "confirm-contacts",
    "my-appearance",
    "leave-contest",
    "rejoin-contest",
    "api-campaigns",
    "api-campaign",
    "api-board",
    "api-me",
    "api-my-contacts",
    "api-my-changes",
    "api-check-contact",
    "api-schema",
    "api-docs",
}
OFFICIALS = {"employee-contacts", "api-what-ifs"}
SIGNING_IN = {
    "login",
    "account_login",
    "mfa_authenticate",
    "sign-in-again",
    "company_login",
    "company_callback",
    "mfa_index",
    "second-factor-needed",
    "mfa_activate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_deactivate_totp",
    "logout",
    "set_language",
    "own-password",
}
# Pages of the console: all of them officials'. Named, so that a new one is thought about.
CONSOLE = {
    "overview",
    "upload",
    "upload-new",
    "uploads",
    "campaign",
    "costs",
    "first-steps",
    "campaign-new",
    "campaign-from-file",
    "campaign-edit",
    "campaign-review",
    "preview",
    "campaign-file",
    "inbox",
    "objections",
    "objection",
    "decisions",
    "decision",
    "cases",
    "case",
    "checks",
    "check",
    "approvals",
    "deadlines",
    "deliveries",
    "delivery",
    "sources",
    "held",
    "people",
    "employee",
    "company",
    "awards",
    "campaign-awards",
    "log",
    "log-entry",
    "evidence",
}
# Kinds of mail, and the phases in which one may leave.
MAILS = {"won": {"provisional"}, "final": set(), "told": {"provisional"}, "second": set(PHASES)}
# Commands: what they could give away, and the phases in which they refuse to.
NO_STANDINGS, OF_AN_INSTANT = "no standings", "standings, with their instant"
COMMANDS: dict[str, str | tuple[str, ...]] = {
    "export_payroll": PHASES,
    "export_evidence": ("frozen", "settling"),
    "export_goals": ("frozen", "settling"),
    "standings": OF_AN_INSTANT,
    "refresh": OF_AN_INSTANT,
    "budget": OF_AN_INSTANT,
    "tick": NO_STANDINGS,
    "demo": NO_STANDINGS,
    "rebuild": NO_STANDINGS,
    "withdraw": NO_STANDINGS,
    "make_evidence_key": NO_STANDINGS,
    "migrate": NO_STANDINGS,
    "verify_audit": NO_STANDINGS,
    "gross_up": NO_STANDINGS,
    "import_payroll": NO_STANDINGS,
    "apply_campaign": NO_STANDINGS,
    "company_domains": NO_STANDINGS,
    "import_employees": NO_STANDINGS,
    "retention": NO_STANDINGS,
    "subject": NO_STANDINGS,
    "reset_second_factor": NO_STANDINGS,
    "import_interactions": NO_STANDINGS,
}


@dataclass
class Scene:
    contest: Contest
    phase: str
    me: User
    unseen: set[int]  # scores that employees must not see of the rival

    def address(self, name: str) -> str:
        ((_template, names),) = get_resolver().reverse_dict.getlist(name)[0][0]
        values = {"slug": self.contest.campaign.slug, "number": self.contest.employees[0].number}
        return reverse(name, kwargs={key: values[key] for key in names})


DATES = {
    "frozen": {"freeze_at": NOW - timedelta(days=1), "deadline": NOW + timedelta(days=9)},
    "settling": {"freeze_at": NOW - timedelta(days=3), "deadline": NOW - timedelta(hours=1)},
    "provisional": {"freeze_at": NOW - timedelta(days=9), "deadline": NOW - timedelta(days=4)},
}


@pytest.fixture(params=PHASES)
def scene(request: pytest.FixtureRequest) -> Scene:
    """The rival led at the freeze; now somebody else does, with more than the rival ever had."""
    phase = str(request.param)
    campaign = make_campaign("100000", slug="here", **DATES[phase])
    me, rival, winner = (make_employee(name=name) for name in ("Me", "Rival", "Winner"))
    frozen = make_run(campaign, {rival: FROZEN, me: 3, winner: 2}, last_date=YESTERDAY, keep=True)
    make_run(campaign, {rival: STALE, me: 3}, last_date=TODAY)  # counted meanwhile, and overtaken
    live = make_run(campaign, {winner: LIVE, rival: LIVE - 500, me: 3}, last_date=TODAY, keep=True)
    contest = Contest(campaign, [rival, winner, me], live)
    if phase == "provisional":
        make_board(campaign, live)
        _publish(campaign, contest)
    else:
        make_board(campaign, frozen, live, frozen=True)
        if phase == "settling":
            _enter(campaign, "settling")
    unseen = {STALE} if phase == "provisional" else {STALE, LIVE, LIVE - 500}
    return Scene(contest, phase, make_member(employee=me), unseen)


def _enter(campaign: Campaign, *states: str) -> None:
    for state in states:
        Campaign.objects.filter(pk=campaign.pk).update(state=state)
    campaign.refresh_from_db()


def _publish(campaign: Campaign, contest: Contest) -> None:
    _enter(campaign, "settling")
    result = make_result(campaign, contest.run, sealed_at=NOW)
    Campaign.objects.filter(pk=campaign.pk).update(state="provisional", provisional_at=NOW)
    campaign.refresh_from_db()
    Award.objects.create(
        campaign=campaign,
        result=result,
        employee=contest.employees[1],
        place=1,
        net_amount=100000,
        currency="CNY",
        created_at=NOW,
    )


def shows(text: str, score: int) -> bool:
    """Whether a score stands there, or what is one more or one less: what it takes to reach or to pass it."""
    near = "|".join(spelled for n in (score - 1, score, score + 1) for spelled in (f"{n}", f"{n:,}"))
    # Not within a token or a hash, which hold any four digits once in a while.
    return re.search(rf"(?<![A-Za-z0-9.,+/_-])(?:{near})(?![A-Za-z0-9+/_])", text) is not None


def answers(client: Client, urls: list[str]) -> Iterator[tuple[str, str]]:
    """(address, body) in each language, asked plainly and for what is live; of those that answer."""
    for language in LANGUAGES:
        client.post("/language/", {"language": language})
        for url in urls:
            for query in ("", "?view=live"):
                response = client.get(f"{url}{query}")
                if response.status_code == 200:
                    body = b"".join(response) if response.streaming else response.content
                    yield f"{url}{query} ({language})", body.decode(errors="replace")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def admin_addresses() -> list[str]:
    """Of every page of the administration, about the first of everything."""

    def walk(entries: Any, prefix: str) -> Iterator[str]:
        for entry in entries:
            if isinstance(entry, URLResolver):
                yield from walk(entry.url_patterns, prefix + str(entry.pattern))
            elif isinstance(entry, URLPattern) and entry.name:
                yield prefix + re.sub(r"<[^>]+>", "1", str(entry.pattern))

    return [f"/admin/{address}" for address in walk(admin.site.get_urls(), "")]


def test_every_door_is_named() -> None:
    names = {pattern.name for pattern in patterns(get_resolver())}
    assert names == EMPLOYEES | OFFICIALS | SIGNING_IN
    assert {pattern.name for pattern in console_urls.urlpatterns} == CONSOLE
    assert set(Mail.Kind.values) == set(MAILS)
    ours = {name for name, app in get_commands().items() if str(app).startswith("apps.")}
    assert ours == set(COMMANDS)


def test_no_address_shows_employees_what_they_must_not_know(scene: Scene) -> None:
    urls = [scene.address(name) for name in sorted(EMPLOYEES | OFFICIALS)]
    read = dict(answers(signed_in(scene.me), urls))
    leaks = [where for where, text in read.items() if any(shows(text, score) for score in scene.unseen)]
    assert leaks == []
    seen = LIVE if scene.phase == "provisional" else FROZEN
    boards = {where for where, text in read.items() if shows(text, seen)}
    assert {f"/here/{query} (en)" for query in ("", "?view=live")} <= boards  # they do read scores


@pytest.mark.parametrize("scene", ["frozen", "settling"], indirect=True)
def test_a_board_that_moved_on_would_be_found(scene: Scene) -> None:
    """What the walk is for: with everybody's board at the live run, page and API are named."""
    board = Board.objects.get(campaign=scene.contest.campaign)
    Board.objects.update(public_run=board.live_run)
    urls = [scene.address(name) for name in ("leaderboard", "api-board")]
    read = dict(answers(signed_in(scene.me), urls))
    leaks = {where for where, text in read.items() if any(shows(text, score) for score in scene.unseen)}
    assert {f"{url} (en)" for url in urls} <= leaks


def test_the_public_board_is_that_of_the_phase(scene: Scene) -> None:
    """Frozen places until the result is published; then the sealed ones, and none that are older."""
    board = signed_in(scene.me).get(scene.address("api-board")).json()
    scores = [place["active_contacts"] for place in board["places"]]
    assert scores == ([LIVE, LIVE - 500, 3] if scene.phase == "provisional" else [FROZEN, 3, 2])
    campaign = signed_in(scene.me).get(scene.address("api-campaign")).json()
    assert campaign["state"] == ("running" if scene.phase == "frozen" else scene.phase)


def test_who_is_not_signed_in_reads_nothing(scene: Scene) -> None:
    urls = [scene.address(name) for name in sorted(EMPLOYEES | OFFICIALS | SIGNING_IN - {"set_language"})]
    for where, text in answers(Client(), urls):
        assert not any(shows(text, score) for score in (FROZEN, LIVE, LIVE - 500, STALE)), where


def test_what_is_posted_gives_nothing_away(scene: Scene) -> None:
    for name in ("api-check-contact", "check-contact"):
        client = signed_in(scene.me)
        given = {"handle": "somebody@outside.example", "platform": "im"}
        response = client.post(scene.address(name), given, content_type="application/json")
        assert not any(shows(response.content.decode(), score) for score in scene.unseen), name


def test_no_page_of_officials_opens_to_employees(scene: Scene) -> None:
    client = signed_in(scene.me)
    console = [
        reverse(f"console:{each.name}", kwargs={key: "here" if key == "slug" else 1 for key in keys})
        for each in console_urls.urlpatterns
        for keys in [each.pattern.converters]
    ]
    assert list(answers(client, [*console, *admin_addresses()])) == []


@pytest.mark.parametrize("role", ["employee", "HR", "auditor"])
def test_nothing_is_called_final_before_it_is(scene: Scene, role: str) -> None:
    client = signed_in(scene.me if role == "employee" else make_member(role))
    urls = [scene.address(name) for name in sorted(EMPLOYEES | OFFICIALS)]
    if role != "employee":
        slugs = [each for each in console_urls.urlpatterns if set(each.pattern.converters) == {"slug"}]
        plain = [each for each in console_urls.urlpatterns if not each.pattern.converters]
        urls += [reverse(f"console:{each.name}", kwargs={"slug": "here"}) for each in slugs]
        urls += [reverse(f"console:{each.name}") for each in plain]
    read = dict(answers(client, urls))
    assert read
    claims = {
        where: said
        for where, text in read.items()
        for said in SAID_OF_WHAT_IS_FINAL
        if said in text.replace('"state": "', '"state":"')
    }
    assert claims == {}


def test_these_words_are_said_once_it_is_final(scene: Scene) -> None:
    """The other tests look for the right words, and officials do see the live scores."""
    if scene.phase != "provisional":
        read = dict(answers(signed_in(make_member("HR")), [scene.address("leaderboard")]))
        assert shows(read["/here/?view=live (en)"], LIVE)
        return
    _enter(scene.contest.campaign, "final")
    board = dict(answers(signed_in(scene.me), [scene.address("leaderboard"), scene.address("api-campaign")]))
    text = "".join(board.values()).replace('"state": "', '"state":"')
    assert [said for said in SAID_OF_WHAT_IS_FINAL if said not in text] == []


@override_settings(EMAIL_HOST="mail.example")
def test_no_mail_leaves_before_its_phase_or_tells_a_score(scene: Scene) -> None:
    make_user(employee=scene.contest.employees[1], email="winner@company.example")
    send_due(now=NOW)
    kinds = set(Mail.objects.values_list("kind", flat=True))
    assert kinds <= {kind for kind, phases in MAILS.items() if scene.phase in phases}
    assert ("won" in kinds) == (scene.phase == "provisional")
    for each in mail.outbox:
        said = f"{each.subject}\n{each.body}"
        assert not any(shows(said, score) for score in (FROZEN, LIVE, LIVE - 500, STALE))
        assert not any(words in said for words in SAID_OF_WHAT_IS_FINAL)


def test_exports_refuse_what_is_not_final_or_not_sealed(scene: Scene, tmp_path: Path) -> None:
    official = make_member("HR")
    user = official.get_username()
    arguments: dict[str, Callable[[], list[str]]] = {
        "export_payroll": lambda: ["here", str(tmp_path / "payroll.csv"), "--by", user],
        "export_goals": lambda: ["here", str(tmp_path / "goals.csv"), "--by", user],
        "export_evidence": lambda: ["here", str(tmp_path / "evidence.zip")],
    }
    refusing = {name: phases for name, phases in COMMANDS.items() if isinstance(phases, tuple)}
    assert set(arguments) == set(refusing)
    for name, phases in refusing.items():
        if scene.phase in phases:
            with pytest.raises(CommandError):
                call_command(name, *arguments[name](), stdout=StringIO())
    assert scene.phase == "provisional" or list(tmp_path.iterdir()) == []


def test_commands_that_print_standings_say_of_when_and_never_final(scene: Scene) -> None:
    for name in ("standings", "budget"):
        out = StringIO()
        call_command(name, "here", stdout=out)
        assert not any(words in out.getvalue() for words in SAID_OF_WHAT_IS_FINAL)
        assert name != "standings" or "as of" in out.getvalue()
