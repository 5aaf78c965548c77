"""Who chose another name, or none, is found by no colleague, anywhere; HR knows; places stay."""

import json
import re
from typing import Any

import pytest

from apps.campaigns.appearance import appear_as, appearance_of
from apps.campaigns.models import Appearance
from apps.leaderboard.board_page import podium
from apps.leaderboard.places import Place
from tests.factories import make_board, make_campaign, make_department, make_employee, make_run
from tests.leaderboard.scene import NOW, TODAY, Contest, make_member, member

pytestmark = pytest.mark.django_db
Mode = Appearance.Mode
SECRET = "Secret Person"


@pytest.fixture
def contest() -> Contest:
    """Five places; the second's holder has a department of their own and a number worth searching for."""
    alone = make_department("Lighthouse")
    employees = [make_employee(name=f"Person {n}", department=make_department(f"D{n}")) for n in (1, 3, 4, 5)]
    employees.insert(1, make_employee(name=SECRET, number="S-2", department=alone))
    campaign = make_campaign("100", "50", public_places=4)
    scores = dict(zip(employees, (9, 8, 7, 6, 5), strict=True))
    run = make_run(campaign, scores, last_date=TODAY)
    make_board(campaign, run)
    return Contest(campaign, employees, run)


def choose(contest: Contest, mode: Mode, who: int = 1) -> str:
    appear_as(contest.campaign, contest.employees[who], mode, now=NOW, actor="x")
    return appearance_of(contest.campaign, contest.employees[who]).alias


def everything_colleagues_read(browse: Any, contest: Contest) -> dict[str, str]:
    slug, found = contest.campaign.slug, {}
    for who in (0, 2, 4):
        client = browse(member(contest.employees[who]))
        for path in (
            f"/{slug}/",
            f"/{slug}/?made=for+me",
            f"/{slug}/?q=secret",
            f"/{slug}/?q=S-2",
            f"/{slug}/?department=Lighthouse",
            f"/{slug}/me/",
            f"/{slug}/rules/",
            "/?all",
            f"/api/v1/campaigns/{slug}/board/",
            f"/api/v1/campaigns/{slug}/board/?made=for+me",
            f"/api/v1/campaigns/{slug}/me/",
        ):
            answer = client.get(path)
            assert answer.status_code == 200, path
            # What the reader typed stands in the form again.
            found[f"{who} {path}"] = re.sub(r'value="[^"]*"', "", answer.content.decode())
    return found


@pytest.mark.parametrize("mode", [Mode.GENERATED, Mode.HIDDEN])
def test_no_colleague_reads_who_it_is(browse, contest, mode):
    before = everything_colleagues_read(browse, contest)
    assert sum(SECRET in text for text in before.values()) > 10
    assert sum("Lighthouse" in text for text in before.values()) > 10
    choose(contest, mode)
    for path, text in everything_colleagues_read(browse, contest).items():
        for secret in (SECRET, "S-2", "Lighthouse"):
            assert secret not in text, path


def test_a_search_finds_a_generated_name_and_nobody_by_the_real_one(browse, contest):
    choose(contest, Mode.GENERATED)
    Appearance.objects.update(alias="23-27")
    client = browse(member(contest.employees[4]))

    def rows(query: str, language: str = "en") -> list[str]:
        client.post("/language/", {"language": language})
        html = client.get(contest.url + query).content.decode()
        return re.findall(r'<th scope="row"><span class="name">([^<]*)<', html)

    assert rows("?q=otter") == ["Quiet Otter"]
    assert rows("?q=水獭", "zh-hans") == ["安静的水獭"]
    assert rows("?q=secret") == rows("?q=S-2") == rows("?department=Lighthouse") == []
    assert rows("") == ["Person 1", "Quiet Otter", "Person 3", "Person 4"]


def test_the_api_says_a_generated_name_in_each_readers_language(browse, contest, settings):
    settings.BOARD_KEPT_SECONDS = 60
    choose(contest, Mode.GENERATED)
    Appearance.objects.update(alias="23-27")
    client, url = browse(member(contest.employees[0])), f"/api/v1/campaigns/{contest.campaign.slug}/board/"
    for language, name in (("en", "Quiet Otter"), ("zh-hans", "安静的水獭")):
        client.post("/language/", {"language": language})
        assert [place["name"] for place in client.get(url).json()["places"]][1] == name


def test_places_scores_and_targets_of_others_stay(browse, contest):
    def numbers(who: int) -> Any:
        me = browse(member(contest.employees[who])).get(f"/api/v1/campaigns/{contest.campaign.slug}/me/")
        content = json.loads(me.content)
        return content["place"]["rank"], content["place"]["active_contacts"], content["next_place"]

    before = [numbers(who) for who in (0, 1, 2, 4)]
    for mode in (Mode.GENERATED, Mode.HIDDEN):
        choose(contest, mode)
        assert [numbers(who) for who in (0, 1, 2, 4)] == before


def test_who_is_hidden_has_no_row_but_for_oneself_and_hr(browse, contest):
    choose(contest, Mode.HIDDEN)
    others = browse(member(contest.employees[2])).get(contest.url).content.decode()
    assert re.findall(r'id="place-(\d)"', others) == ["1", "3", "4"]
    assert "a colleague" in others.partition('class="podium"')[2].partition("</ol>")[0]
    assert "A place that is left out belongs to somebody who is not shown." in others
    own = browse(member(contest.employees[1])).get(contest.url).content.decode()
    assert '<p class="own-rank"><b>2</b>' in own
    assert "Colleagues do not see you." in own
    hr = browse(make_member("HR")).get(contest.url).content.decode()
    assert SECRET in hr
    assert "A place that is left out" not in hr
    assert "not shown to colleagues" in hr


def test_hr_reads_both_names(browse, contest):
    choose(contest, Mode.GENERATED)
    Appearance.objects.update(alias="23-27")
    html = browse(make_member("auditor")).get(contest.url).content.decode()
    assert SECRET in html
    assert "shown as Quiet Otter" in html


def test_oneself_reads_how_colleagues_see_one(browse, contest):
    client = browse(member(contest.employees[1]))
    client.post(f"{contest.url}me/name/", {"mode": "generated"})
    name = Appearance.objects.get()
    assert (name.mode, name.employee) == ("generated", contest.employees[1])
    for path in ("", "me/"):
        assert "Colleagues see you as" in client.get(contest.url + path).content.decode()
    client.post(f"{contest.url}me/name/", {"mode": "own"})
    assert "Colleagues see you as" not in client.get(contest.url).content.decode()


def test_a_wrong_choice_keeps_nothing(browse, contest):
    answer = browse(member(contest.employees[1])).post(f"{contest.url}me/name/", {"mode": "king"})
    assert answer.status_code == 200
    assert not Appearance.objects.exists()


def test_it_shows_within_a_second_however_often(browse, contest, settings):
    settings.BOARD_KEPT_SECONDS = 0
    client = browse(member(contest.employees[0]))
    etags = set()
    for mode in (Mode.GENERATED, Mode.HIDDEN, Mode.OWN, Mode.GENERATED):
        choose(contest, mode)
        answer = client.get(contest.url)
        etags.add(answer["ETag"])
        assert (SECRET in answer.content.decode()) == (mode == Mode.OWN)
    assert len(etags) == 4  # a copy of before is never taken for the present


@pytest.mark.parametrize(
    ("ranks", "positions"),
    [
        ([1, 2, 3], [1, 2, 3]),
        ([1, 2, 2], [1, 2, 3]),
        ([1, 1, 3], [1, 2, 3]),
        ([2, 3], [None, 2, 3]),
        ([1, 3], [1, None, 3]),
        ([3], [None, None, 3]),
        ([1], [1]),
        ([], []),
    ],
)
def test_a_step_of_the_podium_stays_empty_for_who_is_hidden(ranks, positions, contest):
    places = [Place(rank, n, 5, None, None, "x", None, None, False) for n, rank in enumerate(ranks)]
    steps = podium(contest.run, places)
    assert [step.position if step.places else None for step in steps] == positions
