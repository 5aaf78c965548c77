"""The board as people see it."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group

from apps.activity.models import Source
from apps.awards.models import Award
from apps.campaigns.models import Campaign, OptOut
from apps.campaigns.presets import PRESETS
from apps.ranking.models import Run
from bonus_tracker import clock
from tests.factories import make_board, make_campaign, make_department, make_employee, make_result, make_run
from tests.leaderboard.scene import (
    NOW,
    TODAY,
    YESTERDAY,
    make_contest,
    make_member,
)

pytestmark = pytest.mark.django_db
State = Campaign.State


def page(client, url, status=200, **query):
    response = client.get(url, query)
    assert response.status_code == status
    return re.sub(r"\s+", " ", response.content.decode())


def visible(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def table(html):
    rows = re.findall(r"<tr.*?</tr>", html.partition("<tbody>")[2])
    return [visible(row).strip() for row in rows]


@pytest.mark.parametrize(
    ("yesterday", "said"),
    [
        ({"me": 1, "other": 9}, "of 2 ▲1 up 1 place since Oct 19"),
        ({"me": 9, "other": 1}, "of 2 same place as on Oct 19"),
        ({"other": 9}, "of 2 new"),
        (None, "of 2"),
    ],
)
def test_ones_own_card_says_how_ones_place_moved(browse, yesterday, said):
    campaign, people = make_campaign(), {"me": make_employee(), "other": make_employee()}
    if yesterday:
        scores = {people[who]: score for who, score in yesterday.items()}
        make_run(campaign, scores, last_date=YESTERDAY, keep=True)
    make_board(campaign, make_run(campaign, {people["me"]: 5, people["other"]: 3}, last_date=TODAY))
    html = page(browse(make_member(employee=people["me"])), f"/{campaign.slug}/")
    line = html.partition('<p class="own-rank">')[2].partition("</p>")[0]
    assert visible(line).strip() == f"1 {said}"


def test_the_board_names_prize_rule_and_dates(browse):
    contest = make_contest([3])
    text = visible(page(browse(make_member(employee=contest.employees[0])), contest.url))
    assert "100,000 CNY after tax" in text
    assert "Aug 26, 2026 to the end of Dec 31, 2026" in text
    assert "you wrote on at least 2 days" in text
    assert "Only 2 to 31 December decides" in text


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize(
    ("language", "days"), [("en", r"(\d+)(?: different)? days?"), ("zh-hans", r"(\d+)天")]
)
def test_the_rule_in_words_asks_for_three_numbers_at_most(browse, preset, language, days):
    campaign = make_campaign("100", **PRESETS[preset].as_dict())
    client = browse(make_member(employee=make_employee()))
    client.post("/language/", {"language": language})
    counts = (
        page(client, f"/{campaign.slug}/").partition('<details class="card rule"')[2].partition("</li>")[0]
    )
    assert 1 <= len(set(re.findall(days, counts))) <= 3, counts


def test_the_same_board_in_chinese_keeps_money_readable(browse):
    contest = make_contest([3], prizes=["1234.50"])
    client = browse(make_member())
    client.post("/language/", {"language": "zh-hans", "next": contest.url})
    html = page(client, contest.url)
    assert "1,234.50 元" in html
    assert not re.findall("。 ", html)  # sentences stand beside each other without a gap


@pytest.mark.parametrize(
    ("state", "fields", "title"),
    [
        (State.SCHEDULED, {"starts_at": NOW.replace(month=11)}, "Starts soon"),
        (State.RUNNING, {}, "Running"),
        (State.RUNNING, {"deadline": NOW}, "Deadline passed, settling"),
        (State.SETTLING, {"deadline": NOW}, "Deadline passed, settling"),
        (State.PROVISIONAL, {"deadline": NOW}, "Provisional result"),
        (State.FINAL, {"deadline": NOW}, "Final result"),
        (State.PAID, {"deadline": NOW}, "Final result, prizes paid"),
        (State.VOID, {"void_reason": "A week of data was lost."}, "Void"),
    ],
)
def test_every_state_says_what_it_is(browse, state, fields, title):
    campaign = make_campaign("100", state=state, **fields)
    html = page(browse(make_member()), f"/{campaign.slug}/")
    assert f"<strong>{title}</strong>" in html
    assert fields.get("void_reason", "") in html


def test_a_rehearsal_is_labelled_above_its_state(browse):
    campaign = make_campaign(is_rehearsal=True)
    html = page(browse(make_member("HR")), f"/{campaign.slug}/")
    assert re.findall(r"<strong>(.*?)</strong>", html) == ["Rehearsal", "Running"]


def test_only_public_places_are_named_and_ones_own_row_is_always_there(browse):
    contest = make_contest([9, 8, 7, 6, 5], public_places=2)
    html = page(browse(make_member(employee=contest.employees[4])), contest.url)
    assert [row.split()[0] for row in table(html)] == ["1", "2"]
    assert "Person 3" not in html
    assert "Person 4" not in html
    assert "Person 5" in html.partition('id="mine"')[2]


def test_search_does_not_reach_beyond_the_public_places(browse):
    contest = make_contest([9, 8, 7], public_places=2)
    client = browse(make_member())
    assert len(table(page(client, contest.url, q="Person 2"))) == 1
    assert "Nobody found among the public places" in page(client, contest.url, q="Person 3")


def test_all_are_offered_when_a_search_leaves_somebody_out(browse):
    contest = make_contest([9, 8])
    client = browse(make_member())
    offered = [
        "Show all" in page(client, contest.url, q=text) for text in ("Person 2", "nobody", "Person", "")
    ]
    assert offered == [True, True, False, False]


def test_an_empty_board_offers_no_search(browse):
    contest = make_contest([])
    for query in ({}, {"q": "somebody"}):
        html = page(browse(make_member()), contest.url, **query)
        assert "Nobody has an active contact yet." in html
        assert 'role="search"' not in html
        assert "Show all" not in html


def test_departments_narrow_the_board(browse):
    campaign, south = make_campaign(), make_department("South")
    inside, outside = make_employee(department=south), make_employee()
    make_board(campaign, make_run(campaign, {inside: 2, outside: 1}, last_date=TODAY))
    rows = table(page(browse(make_member()), f"/{campaign.slug}/", department="South"))
    assert [inside.name in row for row in rows] == [True]


def test_equals_and_what_decides_among_them_are_shown(browse):
    contest = make_contest([7, 7, 1])
    rows = table(page(browse(make_member()), contest.url))
    assert "shared place" in rows[0]
    assert "equal in conversation days too: 14" in rows[1]
    assert "conversation" not in rows[2]
    contest.run.standings.filter(employee=contest.employees[1]).update(conversation_days=20)
    rows = table(page(browse(make_member()), contest.url, made="again"))
    assert "20 conversation days decide among equals" in rows[0]
    assert "Person 2" in rows[0]
    assert "14 conversation days decide among equals" in rows[1]
    mine = page(browse(make_member("HR")), contest.url, made="again")
    assert mine.index("Person 2") < mine.index("Person 1")


def test_equals_whom_nothing_tells_apart_are_not_said_to_be(browse):
    contest = make_contest([7, 7, 1], awarding={"tie_break": "none"})
    contest.run.standings.filter(employee=contest.employees[1]).update(conversation_days=20)
    rows = table(page(browse(make_member()), contest.url))
    assert "Person 1" in rows[0]
    assert not any("conversation" in row for row in rows)


def test_equals_share_a_step_of_the_podium_when_the_first_are_more_than_three(browse):
    client = browse(make_member())
    assert 'class="podium"' in page(client, make_contest([7, 6, 5, 4]).url)
    for scores, steps in (
        ([7, 6, 5, 5], [["Person 1"], ["Person 2"], ["Person 3", "Person 4"]]),
        ([7, 7, 7, 7, 5], [["Person 1", "Person 2", "and 2 more"]]),
        ([7, 7, 6, 6], [["Person 1", "Person 2"], ["Person 3", "Person 4"]]),
    ):
        shown = page(client, make_contest(scores).url).partition('class="podium"')[2].partition("</ol>")[0]
        names = [re.findall(r"(Person \d|and \d more)", step) for step in shown.split("<li ")[1:]]
        assert names == steps


def test_a_frozen_board_stands_still_but_ones_own_score_is_live(browse):
    campaign = make_campaign("100", freeze_at=NOW.replace(day=19))
    me, rival, third = make_employee(), make_employee(), make_employee()
    public = make_run(campaign, {rival: 9, me: 3, third: 1}, last_date=YESTERDAY, keep=True)
    Run.objects.update(ranked_at=NOW)
    live = make_run(campaign, {me: 77_777, rival: 10}, last_date=TODAY)
    make_board(campaign, public, live, frozen=True)
    html = page(browse(make_member(employee=me)), f"/{campaign.slug}/")
    assert "<strong>Board frozen</strong>" in html
    assert [row.split()[0] for row in table(html)] == ["1", "2", "3"]
    assert "now 77,777" in html
    assert "more</b> to place" not in html  # the others may have moved
    assert "Places as of the end of Oct 19, 2026 Ranked at Oct 20" in visible(html)
    other = page(browse(make_member(employee=rival)), f"/{campaign.slug}/")
    assert "77,777" not in visible(other.partition("<main")[2])


def test_hr_switches_to_the_live_run_and_everybody_else_cannot(browse):
    campaign, one, two = make_campaign(), make_employee(), make_employee()
    public = make_run(campaign, {one: 9}, last_date=YESTERDAY)
    make_board(campaign, public, make_run(campaign, {two: 5}, last_date=TODAY), frozen=True)
    url = f"/{campaign.slug}/"
    for group in ("HR", "auditor"):
        client = browse(make_member(group))
        assert one.name in table(page(client, url))[0]
        live = page(client, url, view="live")
        assert two.name in table(live)[0]
        assert "Board frozen, you see it live" in live
    assert one.name in table(page(browse(make_member()), url, view="live"))[0]


def test_hr_sees_every_place_with_the_way_to_the_contacts(browse):
    contest = make_contest([9, 8, 7], public_places=1)
    html = page(browse(make_member("HR")), contest.url)
    assert len(table(html)) == 3
    assert f"{contest.url}employees/{contest.employees[2].number}/" in html


def test_a_name_is_text_and_never_markup(browse):
    campaign = make_campaign()
    villain = make_employee(name="<script>alert(1)</script>")
    make_board(campaign, make_run(campaign, {villain: 1}, last_date=TODAY))
    assert "<script>alert" not in page(browse(make_member()), f"/{campaign.slug}/")


def test_ranked_at_and_complete_until_are_told_apart(browse):
    Source.objects.create(name="Chat", platform="im", created_at=NOW, complete_until=NOW.replace(hour=1))
    Source.objects.create(name="Files", platform="im", created_at=NOW)
    text = visible(page(browse(make_member()), make_contest([1]).url))
    assert re.search(r"Ranked at Oct 20, 2026, 12:00.PM", text)
    assert re.search(r"Messages from Chat known until Oct 20, 2026, 9:00.AM", text)
    assert "Messages from Files known until not known" in text


def test_before_the_first_ranking_the_page_says_what_happens_next(browse):
    campaign = make_campaign()
    assert "The first ranking is on its way" in page(browse(make_member()), f"/{campaign.slug}/")


def test_whoever_left_has_no_place_and_a_way_back(browse):
    contest = make_contest([9])
    me = make_employee()
    OptOut.objects.create(campaign=contest.campaign, employee=me, left_at=NOW)
    html = page(browse(make_member(employee=me)), contest.url)
    assert f"{contest.url}me/rejoin/" in html


def test_whoever_is_not_meant_to_take_part_is_told_so(browse):
    sales = make_department("Sales")
    contest = make_contest([9], departments=["Sales"])
    text = page(browse(make_member(employee=make_employee())), contest.url)
    assert "This campaign is for other parts of the company" in text
    text = page(browse(make_member(employee=make_employee(department=sales))), contest.url)
    assert "You have no active contact yet" in text


def test_a_final_board_names_the_winners_and_asks_for_no_more(browse):
    contest = make_contest([9, 8], state=State.PROVISIONAL, deadline=NOW)
    result = make_result(contest.campaign, contest.run, sealed_at=NOW)
    for place, state in ((1, Award.State.APPROVED), (2, Award.State.PROPOSED)):
        Award.objects.create(
            campaign=contest.campaign,
            result=result,
            employee=contest.employees[place - 1],
            place=place,
            net_amount=place * 1000,
            currency="CNY",
            state=state,
            created_at=NOW,
        )
    Campaign.objects.update(state=State.FINAL)
    html = page(browse(make_member(employee=contest.employees[1])), contest.url)
    winners = visible(html.partition('id="winners-title"')[2].partition("</section>")[0])
    assert "Person 1 place 1 1,000 CNY after tax" in winners
    assert "Person 2" not in winners
    assert "more</b> to place" not in html


def test_a_campaign_called_off_has_no_winners_on_its_board(browse):
    contest = make_contest([9, 8], state=State.VOID, void_reason="lost")
    html = page(browse(make_member()), contest.url)
    assert "Places when it was called off" in html
    assert 'class="podium"' not in html
    assert "50,000" not in html
    assert "<s>100,000 CNY after tax</s>" in html
    assert "<s>100,000 CNY after tax</s>" in page(browse(make_member()), "/?all")


def test_places_may_still_change_while_late_data_is_waited_for(browse):
    assert "may still change" in page(browse(make_member()), make_contest([9], deadline=NOW).url)
    assert "may still change" not in page(browse(make_member()), make_contest([9]).url)


def test_hr_reads_how_much_of_the_board_employees_see(browse):
    contest = make_contest([9, 8, 7], public_places=2)
    said = "Employees see the first 2 places and their own."
    assert said in page(browse(make_member("HR")), contest.url)
    assert said not in page(browse(make_member()), contest.url)


def test_a_copy_is_still_good_until_something_changes(browse):
    contest = make_contest([9])
    me = make_member(employee=contest.employees[0])
    client = browse(me)
    etag = client.get(contest.url)["ETag"]
    assert client.get(contest.url, headers={"If-None-Match": etag}).status_code == 304
    client.post("/language/", {"language": "zh-hans"})
    assert client.get(contest.url, headers={"If-None-Match": etag}).status_code == 200
    client.post("/language/", {"language": "en"})
    newer = make_run(contest.campaign, {contest.employees[0]: 10}, last_date=TODAY)
    contest.campaign.board.delete()
    make_board(contest.campaign, newer)
    assert client.get(contest.url, headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize("first", [(), ("auditor",)])
def test_a_role_that_is_newly_given_changes_a_copy(browse, first):
    contest = make_contest([9])
    me = make_member(*first, employee=contest.employees[0])
    client = browse(me)
    etag = client.get(contest.url)["ETag"]
    me.groups.add(Group.objects.get(name="administrator"))
    with clock.showing(NOW + timedelta(minutes=1)):  # what is the same for all is kept for moments
        assert client.get(contest.url, headers={"If-None-Match": etag}).status_code == 200


def test_past_the_last_day_for_objections_nobody_is_asked_for_them(browse):
    campaign = make_campaign(
        "100", state=State.PROVISIONAL, deadline=NOW, provisional_at=NOW, objection_days=7
    )
    client = browse(make_member())
    with clock.showing(NOW + timedelta(days=7, microseconds=-1)):
        assert "open for objections" in page(client, f"/{campaign.slug}/")
    with clock.showing(NOW + timedelta(days=7)):
        html = page(client, f"/{campaign.slug}/")
    assert "open for objections" not in html
    assert "Objections were possible until" in html


def test_one_persons_copy_is_nobody_elses(browse):
    contest = make_contest([9, 8])
    etags = {
        browse(make_member(employee=employee)).get(contest.url)["ETag"] for employee in contest.employees
    }
    assert len(etags) == 2
