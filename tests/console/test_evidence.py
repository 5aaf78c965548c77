"""The page on which a campaign's evidence is made, checked and downloaded."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from apps.audit.models import Entry
from apps.audit.services import record
from apps.audit.signing import make_key
from apps.jobs import services, tasks
from apps.jobs.files import keep
from apps.jobs.models import Job, KeptFile, Piece
from bonus_tracker import clock
from tests.console.growing import cost
from tests.factories import make_campaign
from tests.integrity.bundle.stories import final_contest
from tests.integrity.stories import OBJECTIONS_END, Contest
from tests.leaderboard.scene import make_member

pytestmark = pytest.mark.django_db(transaction=True)
NOW = OBJECTIONS_END + timedelta(hours=1)
PAGE = "/console/campaigns/year-end/evidence/"


@pytest.fixture(autouse=True)
def _present(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any) -> Iterator[None]:
    monkeypatch.setattr(tasks.do_job, "delay", lambda _pk: None)
    settings.EVIDENCE_KEY_FILE = str(tmp_path / "evidence.pem")
    make_key(Path(settings.EVIDENCE_KEY_FILE))
    with clock.showing(NOW):
        yield


@pytest.fixture
def contest() -> Contest:
    return final_contest()


def somebody(role: str) -> Client:
    client = Client()
    client.force_login(make_member(role))
    return client


def shown(client: Client) -> str:
    return str(client.get(PAGE).content.decode())


def act(client: Client, name: str) -> Any:
    return client.post(PAGE, {"act": name})


def work() -> None:
    for pk in services.undone():
        assert services.do(pk)


@pytest.mark.parametrize("role", ["HR", "auditor"])
def test_evidence_is_made_verified_and_downloaded(contest: Contest, role: str) -> None:
    client = somebody(role)
    assert "Make the evidence bundle" in shown(client)
    act(client, "make")
    assert "The evidence is being made" in shown(client)
    work()
    made = shown(client)
    assert "evidence-year-end.zip" in made
    assert "ranked again, all 5 lines agree" in made
    assert re.search(r"the sealed hash [0-9a-f]{12}… is that of its content", made)
    assert re.search(r"contacts, [\d,]+\xa0CNY\.", made)
    act(client, "verify")
    assert "The evidence is being checked" in shown(client)
    work()
    assert "Everything holds" in shown(client)
    response = act(client, "download")
    content = b"".join(response.streaming_content)
    assert content.startswith(b"PK")
    assert len(content) == int(response.headers["Content-Length"]) == KeptFile.objects.get().size
    assert response.headers["Content-Disposition"] == 'attachment; filename="evidence-year-end.zip"'
    assert "evidence downloaded" in Entry.objects.values_list("action", flat=True)


def test_the_key_is_not_needed_by_the_web_server(
    contest: Contest, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, read = somebody("HR"), []
    real = Path.read_bytes

    def reading(path: Path) -> bytes:
        read.append(str(path))
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", reading)
    act(client, "make")
    assert settings.EVIDENCE_KEY_FILE not in read
    work()
    assert read.count(settings.EVIDENCE_KEY_FILE) == 1
    act(client, "verify")
    act(client, "download")
    shown(client)
    assert read.count(settings.EVIDENCE_KEY_FILE) == 1


def test_a_page_sees_how_far_it_is_and_opens_anew_in_the_end(contest: Contest) -> None:
    client, part = somebody("HR"), {"HX-Request": "true"}
    act(client, "make")
    Job.objects.update(state="working", steps=30_000, steps_done=12_000)
    working = client.get(PAGE, headers=part).content.decode()
    assert "12,000 of 30,000 participants" in working
    assert 'max="30000" value="12000"' in working
    assert "<html" not in working
    Job.objects.update(state="working", steps=0, steps_done=0, saying="Approvals: 4, each in the log.")
    assert "Approvals: 4, each in the log." in client.get(PAGE, headers=part).content.decode()
    Job.objects.update(state="waiting")
    work()
    assert client.get(PAGE, headers=part).headers["HX-Refresh"] == "true"


def test_the_first_thing_wrong_is_shown(contest: Contest) -> None:
    client = somebody("auditor")
    act(client, "make")
    work()
    Job.objects.update(file=keep([b"PK no bundle"], name="evidence.zip", until=NOW + timedelta(days=1)))
    act(client, "verify")
    work()
    said = shown(client)
    assert "The evidence does not hold" in said
    assert "The file is damaged: it cannot be opened as a bundle." in said
    assert "the file: no bundle" in said
    assert "What held when it was made, and is no longer certain" in said
    assert '<button name="act" value="download">' in said
    assert "Everything holds" not in said


def test_a_failure_says_why_and_can_be_repeated(contest: Contest, settings: Any) -> None:
    client, there = somebody("HR"), settings.EVIDENCE_KEY_FILE
    settings.EVIDENCE_KEY_FILE, settings.SERVICES = "", type("Services", (), {"embedded": False})
    act(client, "make")
    work()
    said = shown(client)
    assert "No evidence was made" in said
    assert "EVIDENCE_KEY_FILE names no key to sign with" in said
    settings.EVIDENCE_KEY_FILE = there
    act(client, "make")
    work()
    said = shown(client)
    assert "No evidence was made" not in said
    assert "evidence-year-end.zip" in said


def test_what_was_done_since_makes_it_old(contest: Contest) -> None:
    client = somebody("HR")
    act(client, "make")
    work()
    assert "Make it again." not in shown(client)
    with transaction.atomic():
        record("campaign paid", actor="hr", subject="campaign year-end", at=NOW + timedelta(seconds=1))
    assert "Make it again." in shown(client)


def test_what_is_not_there_is_said(contest: Contest) -> None:
    client = somebody("HR")
    for name in ("verify", "download"):
        assert act(client, name).status_code == 302
        assert "No evidence is kept; make it first." in shown(client)
    assert act(client, "nonsense").status_code == 302
    assert not Job.objects.exists()


def test_before_there_is_a_result_nothing_is_offered() -> None:
    make_campaign(slug="year-end")
    client = somebody("HR")
    said = shown(client)
    assert "There is evidence once the result is sealed." in said
    assert 'name="act"' not in said
    act(client, "make")
    assert not Job.objects.exists()


def test_twice_asked_is_once(contest: Contest) -> None:
    client = somebody("HR")
    act(client, "make")
    act(client, "make")
    assert Job.objects.count() == 1
    assert "It is being done already." in shown(client)


def test_a_bundle_that_cannot_be_read_any_more_is_said_and_not_in_the_log(
    contest: Contest, settings: Any
) -> None:
    client = somebody("HR")
    act(client, "make")
    work()
    Piece.objects.all()._raw_delete("default")
    assert act(client, "download").status_code == 302
    assert "The file is no longer there." in shown(client)
    assert not Entry.objects.filter(action="evidence downloaded").exists()


@pytest.mark.parametrize("role", ["administrator"])
@pytest.mark.parametrize("name", ["make", "verify", "download"])
def test_others_get_nothing(contest: Contest, role: str, name: str) -> None:
    act(somebody("HR"), "make")
    work()
    assert act(somebody(role), name).status_code == 403
    assert Job.objects.count() == 1
    assert not Entry.objects.filter(action="evidence downloaded").exists()


def test_a_form_from_elsewhere_does_nothing(contest: Contest) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_member("HR"))
    assert act(strict, "make").status_code == 403
    assert not Job.objects.exists()


def test_the_campaign_and_its_awards_lead_there(contest: Contest) -> None:
    client = somebody("HR")
    for page in ("/console/campaigns/year-end/", "/console/awards/year-end/"):
        assert PAGE in client.get(page).content.decode()


@pytest.mark.parametrize("jobs", [1, 3])
def test_the_page_costs_the_same_however_often_it_was_made(contest: Contest, jobs: int) -> None:
    client = somebody("HR")
    for _n in range(jobs):
        act(client, "make")
        work()
        act(client, "verify")
        work()
    assert cost(client, PAGE) == 15
