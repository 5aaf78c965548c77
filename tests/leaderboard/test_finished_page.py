"""The board out of finished pieces: the same page, nobody else's, and never older than is said."""

import gzip
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from types import SimpleNamespace
from typing import Any

import pytest

from apps.activity.models import Derivation
from apps.campaigns.lifecycle import void_campaign
from apps.campaigns.models import OptOut
from apps.leaderboard import finished
from apps.ranking.models import Board
from apps.ranking.tasks import refresh_campaign
from bonus_tracker import clock, kept
from bonus_tracker.kept import Kept
from tests.factories import make_board, make_campaign, make_employee, make_run
from tests.leaderboard.conftest import forget
from tests.leaderboard.scene import (
    NOW,
    TODAY,
    YESTERDAY,
    Contest,
    give_active,
    make_contest,
    make_member,
    member,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def moment(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """Seconds on the clock of what is kept; a board is kept for one."""
    settings.BOARD_KEPT_SECONDS = 1
    passed = SimpleNamespace(seconds=0.0)
    monkeypatch.setattr(kept, "time", SimpleNamespace(monotonic=lambda: passed.seconds))
    return passed


@pytest.fixture
def contest() -> Contest:
    return make_contest([9, 8, 7, 6, 5], public_places=3)


def page(client: Any, contest: Contest, **query: str) -> str:
    response = client.get(contest.url, query)
    assert response.status_code == 200
    return response.content.decode()


def bare(html: str) -> str:
    """Without what differs from request to request, and spaces between tags."""
    html = re.sub(r'csrfmiddlewaretoken" value="\w+"|name="next" value="[^"]*"', "", html)
    return re.sub(r">\s+<", "><", re.sub(r"\s+", " ", html))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("who", [0, 4, None])
def test_a_finished_page_is_the_page_made_for_one(browse, contest, language, who):
    me = make_employee() if who is None else contest.employees[who]
    client = browse(make_member(employee=me))
    client.post("/language/", {"language": language})
    assert bare(page(client, contest)) == bare(page(client, contest, made="for me"))


def test_a_finished_page_of_a_frozen_board_is_the_page_made_for_one(browse):
    campaign = make_campaign("100", freeze_at=NOW.replace(day=19))
    me, rival = make_employee(), make_employee()
    public = make_run(campaign, {rival: 9, me: 3}, last_date=YESTERDAY, keep=True)
    make_board(campaign, public, make_run(campaign, {me: 77, rival: 10}, last_date=TODAY), frozen=True)
    client, contest = browse(make_member(employee=me)), Contest(campaign, [me, rival], public)
    assert "now 77" in page(client, contest)
    assert bare(page(client, contest)) == bare(page(client, contest, made="for me"))


def test_the_compressed_page_is_the_plain_one(browse, contest):
    for who in contest.employees:
        client = browse(make_member(employee=who))
        packed = client.get(contest.url, headers={"Accept-Encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert bare(gzip.decompress(packed.content).decode()) == bare(page(client, contest))


def test_the_api_gives_the_same_places_finished_and_made_for_one(browse, contest):
    url = f"/api/v1/campaigns/{contest.campaign.slug}/board/"
    client = browse(make_member(employee=contest.employees[0]))
    packed = client.get(url, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.content) == client.get(url).content
    assert client.get(url).json() == client.get(url, {"made": "for me"}).json()
    assert [place["rank"] for place in client.get(url).json()["places"]] == [1, 2, 3]


def test_nobody_reads_what_is_anothers_own(browse, contest, moment):
    pages = [page(browse(member(who)), contest) for who in contest.employees for _ in "12"]
    for n, html in enumerate(pages):
        rank, main = n // 2 + 1, html.partition("<main")[2]
        assert re.findall(r'class="own-rank"><b>(\d)</b>', main) == [str(rank)]
        assert main.count('class="me"') == (2 if rank <= 3 else 1)  # among the neighbours, and in the table
        hidden = {"Person 4", "Person 5"} - {f"Person {rank}"}
        assert not any(name in main for name in hidden)


def test_what_hr_reads_reaches_no_employee_and_the_other_way_round(browse, contest, moment):
    hr, me = browse(make_member("HR")), browse(make_member(employee=contest.employees[4]))
    both = browse(make_member("HR", employee=contest.employees[3]))
    for _ in "12":
        assert "All places" in page(hr, contest)
        assert "All places" in page(both, contest)
        assert "Person 4" not in page(me, contest)
    assert len(hr.get(f"/api/v1{contest.url.replace('/', '/campaigns/', 1)}board/").json()["places"]) == 5


def test_whoever_gets_or_loses_a_role_reads_as_such(browse, contest, moment):
    user = make_member(employee=contest.employees[4])
    client = browse(user)
    assert "All places" not in page(client, contest)
    user.groups.set(make_member("HR").groups.all())
    moment.seconds = 1
    assert "All places" in page(client, contest)
    user.groups.clear()
    assert "All places" not in page(client, contest)  # at once


def freeze(contest: Contest) -> None:
    Board.objects.update(frozen=True)


def call_off(contest: Contest) -> None:
    void_campaign(contest.campaign, reason="It rained.", now=NOW, actor="hr")


def leave(contest: Contest) -> None:
    OptOut.objects.create(campaign=contest.campaign, employee=contest.employees[4], left_at=NOW)


def rank(contest: Contest) -> None:
    run = make_run(contest.campaign, {contest.employees[0]: 77_777}, last_date=TODAY)
    Board.objects.update(public_run=run, live_run=run)


def owe(contest: Contest) -> None:
    Derivation.objects.create(subject="repair", owed_since=NOW)


CHANGES = {
    "Board frozen": freeze,
    "It rained.": call_off,
    "You have left this campaign": leave,
    "77,777": rank,
    "A correction of past data is being worked in": owe,
}


@pytest.mark.parametrize("said", CHANGES)
def test_what_changes_shows_within_a_second(browse, contest, moment, said):
    client = browse(make_member(employee=contest.employees[4]))
    etag = client.get(contest.url)["ETag"]
    CHANGES[said](contest)
    assert said not in page(client, contest)
    assert client.get(contest.url, headers={"If-None-Match": etag}).status_code == 304
    moment.seconds = 1
    assert said in page(client, contest)
    assert client.get(contest.url, headers={"If-None-Match": etag}).status_code == 200


def test_what_time_brings_shows_within_a_second(browse, contest, moment):
    client = browse(make_member(employee=contest.employees[0]))
    first = page(client, contest)
    with clock.showing(NOW + timedelta(days=3)):
        assert days_left(page(client, contest)) == days_left(first)
        moment.seconds = 1
        assert days_left(page(client, contest)) == days_left(first) - 3
    with clock.showing(contest.campaign.deadline):
        assert "Deadline passed" not in page(client, contest)
        moment.seconds = 2
        assert "Deadline passed" in page(client, contest)


def days_left(html: str) -> int:
    return int(re.findall(r'data-unit="days">(\d+)', html)[0])


def test_pages_are_there_without_a_cache(browse, contest, settings):
    client = browse(make_member(employee=contest.employees[0]))
    forget()
    nowhere = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": nowhere}
    assert "Person 1" in page(client, contest)
    assert client.get(f"{contest.url}me/").status_code == 200
    assert client.get(f"/api/v1/campaigns/{contest.campaign.slug}/board/").status_code == 200
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


def test_the_worker_that_has_ranked_finishes_the_board(browse, contest, monkeypatch):
    give_active(contest.employees[0], 2)
    refresh_campaign.apply([contest.campaign.pk])
    monkeypatch.setattr(finished, "_make", None)
    for language, said in (("en", "You"), ("zh-hans", "我")):
        client = browse(make_member(employee=make_employee()))
        client.post("/language/", {"language": language})
        assert said in page(client, contest)


def test_one_makes_what_many_ask_for_at_once():
    made, many = [], Barrier(8)

    def ask(_n: int) -> str:
        many.wait()
        return values.get("key", lambda: made.append(1) or "made")  # type: ignore[func-returns-value]

    values: Kept[str] = Kept(lambda: 60, most=2)
    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(ask, range(8))) == {"made"}
    assert made == [1]


def test_what_could_not_be_made_is_tried_again_and_only_the_last_few_are_kept():
    values: Kept[int] = Kept(lambda: 60, most=2)
    with pytest.raises(ZeroDivisionError):
        values.get("a", lambda: 1 // 0)
    assert [values.get(key, lambda: 1) for key in "abc"] == [1, 1, 1]
    assert [values.get(key, lambda: 2) for key in "cba"] == [1, 1, 2]
