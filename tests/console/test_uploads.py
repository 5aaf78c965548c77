"""The pages on which a file of messages is uploaded, looked at before it counts, and taken in."""

import re
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.activity.models import Delivery, Source
from apps.directory.models import CompanyDomain
from apps.jobs import services, tasks
from apps.jobs.models import Job, KeptFile
from apps.sources import importing, uploads
from apps.sources.uploads import WAITS
from bonus_tracker import clock
from tests.factories import make_employee
from tests.leaderboard.scene import make_member
from tests.sources.helpers import HEADER, NOW, line
from tests.sources.test_uploads import LINES, content_of

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "/console/messages/uploads/new/"
LIST = "/console/messages/uploads/"


@pytest.fixture(autouse=True)
def _present(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(tasks.do_job, "delay", lambda _pk: None)
    make_employee("ann@firm.example")
    CompanyDomain.objects.create(domain="firm.example")
    with clock.showing(NOW):
        yield


def somebody(role: str) -> Client:
    client = Client()
    client.force_login(make_member(role))
    return client


@pytest.fixture
def olga() -> Client:
    return somebody("administrator")


def send(client: Client, content: bytes | None = None, name: str = "chat.csv", **values: str) -> Any:
    file = SimpleUploadedFile(name, content_of(LINES) if content is None else content)
    return client.post(NEW, {"file": file, "source": "chat"} | values)


def page_of(client: Client, content: bytes | None = None, **values: str) -> str:
    response = send(client, content, **values)
    assert response.status_code == 302, response.context["form"].errors
    return str(response.headers["Location"])


def work() -> None:
    for pk in services.undone():
        assert services.do(pk)


def shown(client: Client, page: str) -> str:
    response = client.get(page)
    assert response.status_code == 200
    return str(response.content.decode())


def test_a_file_is_looked_at_confirmed_and_taken_in(olga: Client) -> None:
    page = page_of(olga)
    assert "It waits its turn" in shown(olga, page)
    work()
    before = shown(olga, page)
    assert "2 messages count from the next ranking on." in before
    assert "The source chat is made." in before
    assert "not a line of CSV" not in before
    assert "1 columns instead of 5" in before
    assert "Sep 1, 2026" in before
    assert not Delivery.objects.exists()
    assert olga.post(page, {"act": "take"}).headers["Location"] == page
    assert "Being taken in" in shown(olga, page)
    work()
    delivery = Delivery.objects.get()
    after = shown(olga, page)
    assert f'href="/console/messages/{delivery.pk}/"' in after
    assert "The file was taken in" in after
    assert olga.get(f"/console/messages/{delivery.pk}/").status_code == 200


def test_a_page_sees_how_far_it_is_and_opens_anew_in_the_end(olga: Client) -> None:
    page, part = page_of(olga), {"HX-Request": "true"}
    Job.objects.update(state="working", steps=2000, steps_done=500)
    working = olga.get(page, headers=part).content.decode()
    assert 'max="2000" value="500"' in working
    assert "500 of 2,000 lines" in working
    assert "<html" not in working
    assert '<noscript><meta http-equiv="refresh"' in shown(olga, page)
    Job.objects.update(state="waiting", steps=0, steps_done=0)
    work()
    assert olga.get(page, headers=part).headers["HX-Refresh"] == "true"
    assert "http-equiv" not in shown(olga, page)


def test_numbers_of_a_checked_file_stand_to_the_right(olga: Client) -> None:
    page = page_of(olga)
    work()
    said = shown(olga, page)
    assert re.search(
        r'class="number"[^>]*>(<span>)?9(</span>)?</td><td[^>]*>(<span>)?1 columns instead of 5', said
    )
    assert '<th scope="col" class="number">First in line</th>' in said


def test_the_same_file_is_told_before_and_after(olga: Client) -> None:
    for _time in range(2):
        page = page_of(olga)
        work()
        before = shown(olga, page)
        olga.post(page, {"act": "take"})
        work()
    delivery = Delivery.objects.get()
    assert f"This very file was taken in before, as delivery {delivery.pk}." in before
    assert "The file was taken in before; nothing changed" in shown(olga, page)


def test_one_sentence_says_what_is_wrong_and_where(olga: Client) -> None:
    page = page_of(olga, content_of(LINES) + b"\xff\n")
    work()
    said = shown(olga, page)
    assert "chat.csv, line 12: not UTF-8; save the file as UTF-8." in said
    assert "Upload a corrected file" in said
    assert 'value="take"' not in said
    assert not KeptFile.objects.exists()


def test_a_problem_is_in_the_language_of_whoever_uploaded(olga: Client) -> None:
    olga.cookies["django_language"] = "zh-hans"
    page = page_of(olga, b"message_id,sent_at,from\n")
    work()
    assert "第 1 行" in shown(olga, page)


def test_what_would_not_count_at_all_is_warned_of(olga: Client) -> None:
    page = page_of(olga, content_of([line("c1@out.example", "c2@out.example")]))
    work()
    assert "None of its messages would count." in shown(olga, page)


def test_a_file_is_thrown_away(olga: Client) -> None:
    page = page_of(olga)
    work()
    assert olga.post(page, {"act": "discard"}).headers["Location"] == LIST
    assert "The file is no longer there" in shown(olga, page)
    assert "thrown away" in shown(olga, LIST)
    olga.post(page, {"act": "take"})
    assert "The file is no longer there; upload it again." in shown(olga, page)
    assert not KeptFile.objects.exists()


def test_a_file_that_waited_too_long_is_not_there(olga: Client) -> None:
    page = page_of(olga)
    work()
    services.drop_what_is_over(now=NOW + WAITS)
    assert "The file is no longer there" in shown(olga, page)


def breaks_down(olga: Client, monkeypatch: pytest.MonkeyPatch) -> str:
    """A file of which the first two lines were taken in before its import broke down."""
    real, calls = importing.apply_batch, []

    def fails(*args: Any, **options: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise SoftTimeLimitExceeded
        return real(*args, **options)

    page = page_of(olga)
    work()
    olga.post(page, {"act": "take"})
    with monkeypatch.context() as patch:
        patch.setattr(importing, "BATCH", 2)
        patch.setattr(importing, "apply_batch", fails)
        with pytest.raises(SoftTimeLimitExceeded):
            work()
    return page


def test_an_import_that_failed_is_tried_again(olga: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    page = breaks_down(olga, monkeypatch)
    said = shown(olga, page)
    assert "It took too long." in said
    assert "it goes on where it stopped" in said
    olga.post(page, {"act": "take"})
    work()
    assert "The file was taken in" in shown(olga, page)


def test_who_throws_away_what_was_taken_in_by_half_is_told_where_that_stays(
    olga: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = breaks_down(olga, monkeypatch)
    half = Delivery.objects.get()
    assert (half.state, half.counted > 0) == ("open", True)
    olga.post(page, {"act": "discard"})
    told = shown(olga, LIST)
    assert f"what was taken in of it stays in delivery {half.pk} until HR withdraws it." in told
    assert "nothing of it was taken in" not in told
    said = shown(olga, page)
    assert "What was taken in of it stays until HR withdraws it." in said
    assert f'href="/console/messages/{half.pk}/"' in said


def test_of_an_import_that_failed_before_its_first_line_nothing_stays(
    olga: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_args: Any, **_options: Any) -> Any:
        raise SoftTimeLimitExceeded

    page = page_of(olga)
    work()
    olga.post(page, {"act": "take"})
    with monkeypatch.context() as patch:
        patch.setattr(uploads, "import_file", fails)
        with pytest.raises(SoftTimeLimitExceeded):
            work()
    assert "Nothing of it was taken in." in shown(olga, page)
    olga.post(page, {"act": "discard"})
    assert "The file was thrown away; nothing of it was taken in." in shown(olga, LIST)


def test_a_check_that_failed_is_tried_again(olga: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_args: Any, **_options: Any) -> Any:
        raise SoftTimeLimitExceeded

    page = page_of(olga)
    with monkeypatch.context() as patch:
        patch.setattr(uploads, "forecast", slow)
        with pytest.raises(SoftTimeLimitExceeded):
            work()
    assert "The file was not checked to its end" in shown(olga, page)
    assert "It took too long." in shown(olga, page)
    assert 'value="again"' in shown(olga, page)
    again = olga.post(page, {"act": "again"}).headers["Location"]
    assert again != page
    work()
    assert 'value="take"' in shown(olga, again)


def test_twice_confirmed_is_once(olga: Client) -> None:
    page = page_of(olga)
    work()
    for _time in range(2):
        olga.post(page, {"act": "take"})
    assert Job.objects.exclude(after=None).count() == 1
    assert "It is being read already." in shown(olga, page)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"source": ""}, "source"),
        ({"source": "known", "platform": "other"}, "source"),
        ({"platform": "a b"}, "source"),
        ({"covers_from_0": "2026-09-01", "covers_from_1": "00:00"}, "__all__"),
        (
            {
                "covers_from_0": "2026-09-01",
                "covers_from_1": "00:00",
                "covers_to_0": "2026-08-01",
                "covers_to_1": "00:00",
            },
            "covers_to",
        ),
        (
            {
                "covers_from_0": "2026-09-01",
                "covers_from_1": "00:00",
                "covers_to_0": "2026-12-01",
                "covers_to_1": "00:00",
            },
            "covers_to",
        ),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_keeps_nothing(
    olga: Client, values: dict[str, str], field: str
) -> None:
    Source.objects.create(name="known", platform="im", created_at=NOW)
    response = send(olga, **values)
    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    assert not KeptFile.objects.exists()


def test_a_file_that_is_too_large_is_refused(olga: Client, settings: Any) -> None:
    settings.UPLOAD_MIB = 1
    assert send(olga, HEADER.encode() + bytes(1 << 20)).context["form"].errors["file"]
    assert not KeptFile.objects.exists()
    assert send(olga, HEADER.encode() + bytes((1 << 20) - len(HEADER))).status_code == 302


def test_while_a_large_file_is_received_no_file_with_a_name_holds_it(
    olga: Client, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    content = content_of([line("ann@firm.example", "c1@out.example")] * 60_000)
    assert len(content) > settings.FILE_UPLOAD_MAX_MEMORY_SIZE
    real, named = uploads.upload, []

    def upload(chunks: Any, **options: Any) -> Job:
        named.append(list(tmp_path.iterdir()))
        return real(chunks, **options)

    monkeypatch.setattr(uploads, "upload", upload)
    page_of(olga, content)
    assert named == [[]]
    file = KeptFile.objects.get()
    assert (file.size, file.sha256) == (len(content), sha256(content).hexdigest())


def test_the_time_it_covers_is_on_the_companys_calendar(olga: Client) -> None:
    covers = {"covers_from_0": "2026-09-01", "covers_from_1": "00:00"}
    page = page_of(olga, **covers, covers_to_0="2026-09-03", covers_to_1="12:30")
    work()
    olga.post(page, {"act": "take"})
    work()
    delivery = Delivery.objects.get()
    assert delivery.covers_from
    assert delivery.covers_to
    assert delivery.covers_from.isoformat() == "2026-08-31T16:00:00+00:00"
    assert delivery.covers_to - delivery.covers_from == timedelta(days=2, hours=12, minutes=30)


@pytest.mark.parametrize("role", ["HR", "auditor"])
def test_others_look_and_do_nothing(olga: Client, role: str) -> None:
    page, other = page_of(olga), somebody(role)
    work()
    assert send(other).status_code == 403
    for act in ("take", "discard", "again"):
        assert other.post(page, {"act": act}).status_code == 403
    said = shown(other, page)
    assert "2 messages count" in said
    assert 'name="act"' not in said
    assert Job.objects.count() == 1
    assert KeptFile.objects.exists()


def test_a_form_from_elsewhere_does_nothing(olga: Client) -> None:
    page = page_of(olga)
    work()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_member("administrator"))
    assert send(strict).status_code == 403
    assert strict.post(page, {"act": "take"}).status_code == 403
    assert Job.objects.count() == 1


def test_the_list_says_where_each_stands(olga: Client) -> None:
    page_of(olga)
    work()
    assert "to be confirmed" in shown(olga, LIST)
    assert "to be confirmed" in shown(olga, f"{LIST}?show=open")
    assert "to be confirmed" in shown(olga, f"{LIST}?show=mine")
    assert "You have uploaded nothing" in shown(somebody("administrator"), f"{LIST}?show=mine")


def test_a_job_of_another_kind_is_no_upload(olga: Client) -> None:
    page_of(olga)
    work()
    Job.objects.update(kind="another")
    assert olga.get(f"{LIST}{Job.objects.get().pk}/").status_code == 404
