"""One's own place, contacts, and who looked at them."""

import re
from datetime import timedelta

import pytest

from apps.activity.models import ContactFact
from apps.audit.models import Entry
from apps.campaigns.models import Campaign, OptOut
from apps.leaderboard import contact_cards
from bonus_tracker import clock
from tests.factories import make_campaign, make_contact, make_employee, make_tie
from tests.leaderboard.scene import (
    NOW,
    Contest,
    ago,
    give_active,
    make_changes,
    make_contest,
    make_member,
    member,
)

pytestmark = pytest.mark.django_db
SPAN = r'class="span"><span>([^<]*)</span> <span>messages: ([^<]*)</span> <span>([^<]*)<'
State = Campaign.State


@pytest.fixture
def contest() -> Contest:
    return make_contest([9, 3])


def visible(response):
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def my_page(browse, contest, **query):
    return browse(member(contest.employees[1])).get(f"{contest.url}me/", query)


def test_score_place_and_what_is_next(browse, contest):
    give_active(contest.employees[1], 3)
    text = visible(my_page(browse, contest))
    assert "Place 2 of 2 Active contacts 3 counted live Since yesterday ±0" in text
    assert "6 more to place 1" in text


def test_whoever_is_not_meant_to_take_part_is_told_so_and_set_no_aim(browse):
    contest = make_contest([9], departments=["Sales"])
    text = visible(browse(make_member(employee=make_employee())).get(f"{contest.url}me/"))
    assert "This campaign is for other parts of the company" in text
    assert "no place yet" not in text
    assert "more to" not in text
    assert "Worth doing today" not in text


@pytest.mark.parametrize("is_outside", [True, False])
def test_whoever_is_out_is_warned_of_nothing(browse, contest, is_outside):
    me = contest.employees[1]
    make_tie(me, make_contact(), sent=ago(28, 1), received=ago(28, 2))
    assert "lapses soon" in visible(my_page(browse, contest))
    if is_outside:
        contest = make_contest([9], departments=["Sales"])
    else:
        contest.campaign.opt_outs.create(employee=me, left_at=NOW)
    text = visible(browse(member(me)).get(f"{contest.url}me/"))
    assert "not counted while you are out" in text
    assert "None of these count while you are out." in text
    for warning in ("lapses soon", "stops counting", "Sure at the deadline", "Since yesterday", "Leave this"):
        assert warning not in text
    assert ("My name on the board" in text) != is_outside


def test_contacts_that_look_alike_are_numbered_wherever_they_stand(browse, contest):
    me = contest.employees[1]
    first, second = make_contact("sara@customer.example"), make_contact("sam@customer.example")
    assert first.hint == second.hint
    for contact in (first, second, make_contact("zoe@customer.example")):
        make_tie(me, contact, sent=ago(28, 1), received=ago(28, 2))
    html = my_page(browse, contest).content.decode()
    for n in (1, 2):
        assert html.count(f'class="hint">{first.hint} · {n}<') == 2  # on its card, and among what to do today
    assert "z…@cu….example<" in html


def test_whoever_has_nobody_yet_is_told_how_to_begin(browse, contest):
    assert "Write to somebody outside the company. Tomorrow this page tells you" in visible(
        my_page(browse, contest)
    )


def test_before_the_start_nobody_is_sent_to_write(browse):
    campaign = make_campaign(state=State.SCHEDULED, starts_at=NOW + timedelta(days=2))
    text = visible(browse(make_member(employee=make_employee())).get(f"/{campaign.slug}/me/"))
    assert "Counting has not begun. From the start on" in text
    assert "Write to somebody" not in text


def test_what_is_sure_at_the_deadline_even_if_nobody_writes_again(browse):
    contest = make_contest([9, 3], deadline=NOW + timedelta(days=10))
    me = contest.employees[1]
    make_tie(me, make_contact(), sent=ago(0, 1), received=ago(0, 2))
    make_tie(me, make_contact(), sent=ago(28, 1), received=ago(28, 2))
    assert "Sure at the deadline 1 even if nobody writes again" in visible(my_page(browse, contest))


def test_far_from_the_deadline_nothing_can_be_sure_and_the_page_says_why(browse, contest):
    give_active(contest.employees[1], 1)
    assert "Sure at the deadline – the days that decide begin on Dec 2" in visible(my_page(browse, contest))


def test_what_came_and_what_went_since_yesterday_and_why(browse, contest):
    new, gone, hired = make_changes(contest.employees[1])
    text = visible(my_page(browse, contest))
    assert "Since yesterday +1 −2" in text
    assert f"+ came {new.hint} Enough days now." in text
    assert f"− went {gone.hint} Days left the window and no new ones came." in text
    assert f"− went {hired.hint} Counts as a colleague." in text


@pytest.mark.parametrize(
    ("fields", "note"),
    [
        ({}, "counted live"),
        ({"deadline": NOW}, "at the deadline; late data may still arrive"),
        ({"state": State.VOID, "void_reason": "lost"}, "when the campaign was called off"),
    ],
)
def test_the_score_says_what_it_is_worth(browse, fields, note):
    contest = make_contest([9, 3], **fields)
    give_active(contest.employees[1], 2)
    text = visible(my_page(browse, contest))
    assert f"Active contacts 2 {note} " in text
    assert ("Since yesterday" in text) == ("Sure at the deadline" in text) == (not fields)


def test_after_a_void_my_page_stays_as_it_was_last_ranked(browse):
    contest = make_contest([9, 3], state=State.VOID, void_reason="lost")
    give_active(contest.employees[1], 1)
    make_tie(contest.employees[1], make_contact(), sent=ago(1, 2), received=ago(3))
    with clock.showing(NOW + timedelta(days=40)):
        text = visible(my_page(browse, contest))
    assert "Active contacts 1 when the campaign was called off" in text
    assert "The contact wrote on one day too few." in text
    assert "nearly" not in text


def test_whoever_left_reads_of_no_place_and_no_target(browse, contest):
    OptOut.objects.create(campaign=contest.campaign, employee=contest.employees[1], left_at=NOW)
    text = visible(my_page(browse, contest))
    assert "Place – no place" in text
    assert "to place" not in text


def test_while_the_board_is_frozen_the_place_is_the_frozen_one(browse):
    contest = make_contest([9, 3], freeze_at=NOW - timedelta(days=1))
    contest.campaign.board.frozen = True
    contest.campaign.board.save()
    text = visible(my_page(browse, contest))
    assert "Place 2 of 2 when the board froze" in text
    assert "more to place" not in text


def test_a_campaign_called_off_before_its_start_counts_nothing(browse):
    campaign = make_campaign(state=State.VOID, void_reason="lost", starts_at=NOW - timedelta(days=9))
    me = make_employee()
    give_active(me, 1)
    text = visible(browse(make_member(employee=me)).get(f"/{campaign.slug}/me/"))
    assert "Active contacts 0" in text


def test_each_contact_says_what_is_missing(browse, contest):
    me = contest.employees[1]
    make_tie(me, make_contact(), sent=ago(1, 2), received=ago(3))
    make_tie(me, make_contact(), sent=ago(1))
    make_tie(me, make_contact(), sent=ago(27, 1), received=ago(2, 3))
    aside = make_contact()
    make_tie(me, aside, sent=ago(1, 2), received=ago(3, 4))
    ContactFact.objects.create(
        contact_id=aside.pk, kind="not_counted", reason="r", recorded_at=NOW, recorded_by="hr"
    )
    text = visible(my_page(browse, contest))
    assert "They need to write on one more day." in text
    assert "They need to write on 2 more days." in text
    assert "Without a new message it stops counting on Oct 23." in text
    assert "HR has set this contact aside." in text


def test_hr_reads_of_the_employee_and_not_of_itself(browse, contest):
    make_tie(contest.employees[1], make_contact(), sent=ago(1), received=ago(2, 3))
    url = f"{contest.url}employees/{contest.employees[1].number}/"
    response = browse(make_member("HR")).post(url, {"reason": "Two reports of a shared account"})
    text = visible(response)
    assert "The employee wrote on one day too few." in text
    assert "You " not in text.partition("Contacts")[2]
    assert "You wrote on" not in response.content.decode()
    look = Entry.objects.get(action="contacts viewed")
    assert (look.details["reason"], look.address) == ("Two reports of a shared account", "127.0.0.1")


def test_the_strip_of_days_has_a_text_for_those_who_cannot_see_it(browse, contest):
    make_tie(contest.employees[1], make_contact(), sent=ago(1, 2), received=ago(3))
    html = my_page(browse, contest).content.decode()
    assert 'aria-label="You wrote on: Oct 18, Oct 19. They wrote on: Oct 17."' in html


def test_one_state_can_be_looked_at_alone(browse, contest):
    give_active(contest.employees[1], 2)
    make_tie(contest.employees[1], make_contact(), sent=ago(1))
    html = my_page(browse, contest, state="not").content.decode()
    assert html.count('class="contact ') == 1


def test_a_list_of_one_state_offers_no_choice(browse, contest):
    give_active(contest.employees[1], 2)
    assert "Which contacts" not in my_page(browse, contest).content.decode()


def test_many_contacts_come_in_pages(browse, contest, monkeypatch):
    monkeypatch.setattr(contact_cards, "PAGE_SIZE", 2)
    give_active(contest.employees[1], 5)
    counts = [
        my_page(browse, contest, page=page).content.decode().count('class="contact ')
        for page in ("1", "3", "99", "x")
    ]
    assert counts == [2, 1, 1, 2]


def test_without_contacts_the_page_says_what_to_do(browse, contest):
    assert "Write to somebody, and when they answer" in visible(my_page(browse, contest))


def test_a_sign_in_without_employee_is_told_so(browse, contest):
    response = browse(make_member("HR")).get(f"{contest.url}me/")
    assert "This sign-in belongs to no employee" in visible(response)


def test_nobody_elses_contacts_are_on_the_page(browse, contest):
    theirs = give_active(contest.employees[0], 1)
    assert theirs[0].hint not in visible(my_page(browse, contest))


@pytest.mark.parametrize("viewer", ["HR", "auditor"])
def test_a_look_needs_a_reason_and_the_employee_reads_it(browse, contest, viewer):
    mine = give_active(contest.employees[1], 1)
    url = f"{contest.url}employees/{contest.employees[1].number}/"
    client = browse(make_member(viewer))
    assert mine[0].hint not in visible(client.get(url))
    assert mine[0].hint not in visible(client.post(url, {"reason": "why"}))
    assert "Nobody. When HR or an auditor" in visible(my_page(browse, contest))
    assert mine[0].hint in visible(client.post(url, {"reason": "Two reports of a shared account"}))
    assert "Two reports of a shared account" in visible(my_page(browse, contest))


def test_an_unknown_employee_is_not_found(browse, contest):
    assert browse(make_member("HR")).get(f"{contest.url}employees/E-none/").status_code == 404


def test_leaving_asks_once_and_coming_back_too(browse, contest):
    client = browse(make_member(employee=contest.employees[1]))
    assert "Leave this campaign?" in visible(client.get(f"{contest.url}me/leave/"))
    left = client.post(f"{contest.url}me/leave/", follow=True)
    assert "You have left the campaign." in visible(left)
    assert contest.campaign.opt_outs.get().employee == contest.employees[1]
    back = client.post(f"{contest.url}me/rejoin/", follow=True)
    assert "Welcome back." in visible(back)
    assert not contest.campaign.opt_outs.exists()


def test_after_the_deadline_nobody_leaves(browse):
    contest = make_contest([9, 3], deadline=NOW)
    client = browse(make_member(employee=contest.employees[1]))
    assert "Leave this campaign" not in visible(client.get(f"{contest.url}me/"))
    for step in ("leave", "rejoin"):
        asked = client.get(f"{contest.url}me/{step}/")
        assert "It is over" in visible(asked)
        assert asked.content.decode().count("<form") == 2  # the language, signing out
    response = client.post(f"{contest.url}me/leave/", follow=True)
    assert "possible from the announcement to the deadline" in visible(response)
    assert not contest.campaign.opt_outs.exists()


def test_a_campaign_that_has_not_begun_has_a_page_too(browse):
    campaign = make_campaign(state=Campaign.State.SCHEDULED, starts_at=NOW + timedelta(days=3))
    me = make_employee()
    make_tie(me, make_contact(), sent=ago(1))
    response = browse(make_member(employee=me)).get(f"/{campaign.slug}/me/")
    assert "Active contacts 0" in visible(response)


def test_what_matters_today_comes_first(browse, contest):
    make_tie(contest.employees[1], make_contact(), sent=ago(27, 1), received=ago(2, 3))
    text = visible(my_page(browse, contest)).partition("Where you stand")[2]
    headings = (
        "Place",
        "Active contacts",
        "Since yesterday",
        "Worth doing today",
        "Sure at the deadline",
        "Days left",
        "Score and place over time",
        "Contacts all",
        "Check a contact",
        "What is known about you",
    )
    places = [text.find(heading) for heading in headings if heading != "Contacts all"]
    assert -1 not in places
    assert places == sorted(places)
    assert "No invitation link is needed to count" in text


def test_a_contact_shows_its_first_and_last_day_in_the_window(browse, contest):
    make_tie(contest.employees[1], make_contact(), sent=ago(1, 9), received=ago(3))
    make_tie(contest.employees[1], make_contact(), sent=ago(4))
    html = my_page(browse, contest).content.decode()
    assert re.findall(SPAN, html) == [
        ("Sep 21", "Oct 11 – Oct 19", "Oct 20"),
        ("Sep 21", "Oct 16", "Oct 20"),
    ]
