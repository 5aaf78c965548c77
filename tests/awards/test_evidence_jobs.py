"""Evidence that a worker makes and checks, and that is kept for some days."""

import sys
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from subprocess import run
from typing import Any

import pytest
from django.db import connection

from apps.audit.models import Entry
from apps.audit.signing import make_key
from apps.awards.evidence import making
from apps.awards.evidence.exporting import EvidenceRefused
from apps.awards.evidence.making import MAKE, VERIFY, kept_bundle, make, verify
from apps.awards.evidence.words import said_in_words
from apps.campaigns.models import Campaign
from apps.jobs import services, tasks
from apps.jobs.files import content_of, keep
from apps.jobs.models import Job, KeptFile
from apps.jobs.services import AskedAlready
from bonus_tracker import clock
from tests.factories import make_campaign
from tests.integrity.bundle.stories import export, final_contest
from tests.integrity.stories import OBJECTIONS_END, Contest

pytestmark = pytest.mark.django_db(transaction=True)
NOW = OBJECTIONS_END + timedelta(hours=1)


@pytest.fixture(autouse=True)
def public(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any) -> Iterator[str]:
    monkeypatch.setattr(tasks.do_job, "delay", lambda _pk: None)
    folder = tmp_path / "key"
    settings.EVIDENCE_KEY_FILE = str(folder / "evidence.pem")
    with clock.showing(NOW):
        yield make_key(Path(settings.EVIDENCE_KEY_FILE)).public


@pytest.fixture
def contest() -> Contest:
    return final_contest()


def done(job: Job, state: str = "done") -> Job:
    assert services.do(job.pk)
    job.refresh_from_db()
    assert job.state == state, job.problem
    return job


def made(campaign: Campaign) -> Job:
    return done(make(campaign, actor="hanna", now=NOW))


def bytes_of(job: Job) -> bytes:
    assert job.file
    return b"".join(content_of(job.file))


def acts() -> list[tuple[str, str]]:
    entries = Entry.objects.filter(subject="evidence year-end").order_by("number")
    return list(entries.values_list("action", "actor"))


def test_it_is_what_the_command_writes(contest: Contest, tmp_path: Path) -> None:
    by_command = export(contest, tmp_path, making.signer()).read_bytes()
    assert bytes_of(made(contest.campaign)) == by_command


def test_it_was_checked_and_whoever_has_it_checks_it_alone(
    contest: Contest, tmp_path: Path, public: str
) -> None:
    job = made(contest.campaign)
    found = job.found or {}
    assert found["key"] == public
    assert found["said"][0] == f"Signature: holds, by the key {public}."
    assert "Rule: is what was announced, and what the result was counted by." in found["said"]
    with zipfile.ZipFile(BytesIO(bytes_of(job))) as bundle:
        bundle.extractall(tmp_path / "unpacked")
    alone = [sys.executable, "-S", "-E", "verify.py", "--key", public]
    assert run(alone, cwd=tmp_path / "unpacked", check=False, capture_output=True).returncode == 0


def test_every_sentence_has_words_in_other_languages(contest: Contest) -> None:
    for sentence in (made(contest.campaign).found or {})["said"]:
        assert any(each.fullmatch(sentence) for each, _text in said_in_words._patterns), sentence


def test_making_and_checking_are_in_the_log(contest: Contest) -> None:
    job = made(contest.campaign)
    done(verify(contest.campaign, actor="otto", now=NOW))
    making.note_download(job, actor="anna", now=NOW)
    assert acts() == [
        ("evidence exported", "hanna"),
        ("evidence verified", "otto"),
        ("evidence downloaded", "anna"),
    ]
    assert {entry.details["sha256"] for entry in Entry.objects.filter(subject="evidence year-end")} == {
        (job.found or {})["sha256"]
    }


def test_the_same_state_gives_the_same_bytes_and_one_bundle_is_kept(contest: Contest) -> None:
    first = made(contest.campaign)
    before = bytes_of(first)
    second = made(contest.campaign)
    assert bytes_of(second) == before
    assert KeptFile.objects.count() == 1
    first.refresh_from_db()
    assert first.file is None
    assert kept_bundle(contest.campaign) == second


def test_a_bundle_goes_after_seven_days(contest: Contest) -> None:
    made(contest.campaign)
    services.drop_what_is_over(now=NOW + timedelta(days=7) - timedelta(seconds=1))
    assert kept_bundle(contest.campaign)
    services.drop_what_is_over(now=NOW + timedelta(days=7))
    assert kept_bundle(contest.campaign) is None
    with pytest.raises(EvidenceRefused, match="No evidence is kept"):
        verify(contest.campaign, actor="otto", now=NOW)


def test_what_holds_is_said_to_hold(contest: Contest) -> None:
    job = made(contest.campaign)
    found = done(verify(contest.campaign, actor="otto", now=NOW)).found or {}
    assert (found["wrong"], found["said"]) == ("", (job.found or {})["said"])


def test_a_bundle_that_was_changed_is_found_with_its_place(contest: Contest) -> None:
    job = made(contest.campaign)
    changed, packed = BytesIO(), zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(BytesIO(bytes_of(job))) as before, zipfile.ZipFile(changed, "w", packed) as after:
        for name in before.namelist():
            content = before.read(name)
            after.writestr(name, content.replace(b"E1", b"E2") if name == "awards.ndjson" else content)
    job.file = keep([changed.getvalue()], name="evidence.zip", until=NOW + timedelta(days=1))
    job.save()
    checked = done(verify(contest.campaign, actor="otto", now=NOW))
    assert (checked.found or {})["wrong"] == "awards.ndjson, line 1: is not what was signed"
    entry = Entry.objects.get(action="evidence verified")
    assert entry.details["wrong"] == "awards.ndjson, line 1: is not what was signed"


def test_a_bundle_by_another_key_does_not_hold(contest: Contest, tmp_path: Path, settings: Any) -> None:
    made(contest.campaign)
    settings.EVIDENCE_KEY_FILE = str(tmp_path / "other.pem")
    make_key(tmp_path / "other.pem")
    found = done(verify(contest.campaign, actor="otto", now=NOW)).found or {}
    assert found["wrong"].startswith("manifest.json: is signed by the key")


def test_what_does_not_hold_is_not_kept(contest: Contest) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE ranking_fixedemployee SET number = 'E9' WHERE number = 'E4'")
        cursor.execute("SET session_replication_role = origin")
    job = done(make(contest.campaign, actor="hanna", now=NOW), state="failed")
    assert job.problem.startswith("The evidence does not hold: results.ndjson, line 1: its hash")
    assert not KeptFile.objects.exists()
    assert acts() == []


def test_a_worker_without_the_key_says_so(contest: Contest, settings: Any) -> None:
    settings.EVIDENCE_KEY_FILE += ".elsewhere"
    settings.SERVICES = type("Services", (), {"embedded": False})
    job = done(make(contest.campaign, actor="hanna", now=NOW), state="failed")
    assert "cannot be read" in job.problem


def test_without_a_result_nothing_is_asked() -> None:
    with pytest.raises(EvidenceRefused, match="once the result is sealed"):
        make(make_campaign(), actor="hanna", now=NOW)
    assert not Job.objects.exists()


def test_asked_twice_it_is_made_once(contest: Contest) -> None:
    first = make(contest.campaign, actor="hanna", now=NOW)
    with pytest.raises(AskedAlready) as refused:
        make(contest.campaign, actor="otto", now=NOW)
    assert refused.value.job == first


@pytest.mark.parametrize("broken", ["write_evidence", "check", "keep"])
def test_an_error_in_the_middle_leaves_nothing_and_it_is_made_again(
    monkeypatch: pytest.MonkeyPatch, contest: Contest, broken: str
) -> None:
    earlier = made(contest.campaign)

    def fails(*_args: Any, **_options: Any) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(making, broken, fails)
        job = make(contest.campaign, actor="hanna", now=NOW)
        with pytest.raises(ZeroDivisionError):
            services.do(job.pk)
    assert kept_bundle(contest.campaign) == earlier
    assert len(acts()) == 1
    assert bytes_of(made(contest.campaign))


def test_a_worker_killed_before_its_last_word_makes_it_once(
    monkeypatch: pytest.MonkeyPatch, contest: Contest
) -> None:
    job = make(contest.campaign, actor="hanna", now=NOW)
    found = making._make(job, lambda *_args: None)
    Job.objects.filter(pk=job.pk).update(state="working", begun=1)  # as the killed one left it
    monkeypatch.setattr(making, "write_evidence", None)
    assert done(job).found == found
    assert len(acts()) == 1


def test_a_bundle_replaced_before_it_was_checked_is_not_there(contest: Contest) -> None:
    made(contest.campaign)
    waiting = verify(contest.campaign, actor="otto", now=NOW)
    made(contest.campaign)
    assert done(waiting, state="failed").problem == "The file is no longer there."


def test_kinds_are_told_apart(contest: Contest) -> None:
    job = made(contest.campaign)
    checked = done(verify(contest.campaign, actor="otto", now=NOW))
    assert making.latest(contest.campaign, MAKE) == job
    assert making.latest(contest.campaign, VERIFY) == checked
    assert kept_bundle(contest.campaign) == job
