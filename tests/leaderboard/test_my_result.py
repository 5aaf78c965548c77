"""The result and oneself: object while it is provisional, read the answers, name the contacts that were drawn."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.audit.models import Entry
from apps.awards.due import tick
from apps.campaigns.models import Appearance
from apps.integrity.checks import draw, states
from apps.integrity.decisions import confirm, propose
from apps.integrity.drafts import Draft
from apps.integrity.models import CheckItem, Decision, Notice, Objection
from apps.integrity.objections import object_to, refuse
from apps.leaderboard.objection_forms import token
from apps.ranking.models import Board
from bonus_tracker import clock
from tests.factories import make_board, make_campaign, make_employee, make_run, make_user
from tests.integrity.stories import IN_TIME, OBJECTIONS_END, Contest, contest, decider, friend

pytestmark = pytest.mark.django_db
MINE = {"about": "count", "count-contacts_claimed": "2", "count-text": "two are missing"}


@pytest.fixture(autouse=True)
def _objections_are_open() -> Iterator[None]:
    with clock.showing(IN_TIME):
        yield


def of(it: Contest, n: int) -> Client:
    client = Client()
    client.force_login(make_user(f"user-{n}", employee=it.employees[n - 1]))
    return client


def address(it: Contest, name: str = "my-result") -> str:
    return reverse(name, args=[it.campaign.slug])


def messages(answer: Any) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


def test_my_page_and_the_board_lead_there_while_the_result_is_provisional() -> None:
    it = contest([3, 2])
    link = address(it).encode()
    mine = of(it, 2)
    Board.objects.update(public_run=it.result.run)
    for page in ("my-page", "leaderboard"):
        assert link in mine.get(address(it, page)).content


def test_while_the_campaign_runs_there_is_no_result_yet() -> None:
    employee = make_employee()
    campaign = make_campaign()
    make_board(campaign, make_run(campaign, {employee: 2}, last_date=campaign.starts_at.date()))
    client = Client()
    client.force_login(make_user("somebody", employee=employee))
    html = client.get(reverse("my-result", args=[campaign.slug])).content.decode()
    assert "There is no result yet." in html
    assert "You have no place" not in html


def test_once_the_time_for_objections_is_over_no_page_asks_for_one() -> None:
    it = contest([3, 2])
    mine = of(it, 2)
    Board.objects.update(public_run=it.result.run)
    pages = [address(it, page) for page in ("my-page", "leaderboard")]
    assert all(">Object" in mine.get(page).content.decode() for page in pages)
    with clock.showing(OBJECTIONS_END):
        for page in pages:
            html = mine.get(page).content.decode()
            assert ">Object" not in html
            assert f'{address(it)}">My result<' in html


def test_the_page_says_ones_place_count_and_prize() -> None:
    it = contest([3, 3, 2], "100000.00", "50000.00")
    Board.objects.update(public_run=it.result.run)
    tick(now=IN_TIME)
    winner, other = (of(it, n).get(address(it)).content.decode() for n in (2, 3))
    assert '<b>1</b> <span class="soft">of 3</span> <span class="tag">shared place' in winner
    assert "3 active contacts" in winner
    assert "75,000 CNY after tax" in winner
    assert "if the result stays as it is" in winner
    assert '<b>3</b> <span class="soft">of 3</span>' in other
    assert "75,000" not in other


def test_no_place_is_chosen_beforehand() -> None:
    it = contest([3, 2])
    mine = of(it, 2)
    assert '<option value="" selected>Choose a place</option>' in mine.get(address(it)).content.decode()
    mine.post(address(it), {"about": "place", "place-place_of": "", "place-text": "a doubt"})
    assert not Objection.objects.exists()


def test_an_objection_to_ones_own_count_is_made_withdrawn_and_made_again() -> None:
    it = contest([3, 2])
    mine = of(it, 2)
    said = mine.post(address(it), MINE, follow=True)
    assert "HR has your objection" in messages(said)
    assert b"Something of mine is missing" not in said.content  # one at a time
    assert "still open" in messages(mine.post(address(it), MINE, follow=True))
    mine.post(address(it), {"withdraw": "1"})
    mine.post(address(it), MINE)
    assert list(Objection.objects.values_list("state", "contacts_claimed", "employee__number")) == [
        ("withdrawn", 2, "E2"),
        ("open", 2, "E2"),
    ]


@pytest.mark.parametrize("wrong", [{"count-text": ""}, {"count-contacts_claimed": "0"}, {"about": "nothing"}])
def test_what_is_missing_is_said_and_nothing_kept(wrong: dict[str, str]) -> None:
    it = contest([3, 2])
    answer = of(it, 2).post(address(it), MINE | wrong)
    assert answer.status_code == 200
    assert not Objection.objects.exists()


def test_a_place_with_a_prize_is_doubted_in_confidence() -> None:
    it = contest([3, 2, 1])
    theirs, winner = of(it, 3), of(it, 1)
    form = theirs.get(address(it)).context["forms"]["place"]
    first = token(it.campaign, it.employees[0])
    assert form.fields["place_of"].choices == [("", "Choose a place"), (first, "1. Person 1")]
    theirs.post(address(it), {"about": "place", "place-place_of": first, "place-text": "bought accounts"})
    assert Objection.objects.get().place_of == it.employees[0]
    assert b"bought accounts" not in winner.get(address(it)).content
    assert b"Person 3" not in winner.get(address(it)).content


@pytest.mark.parametrize(
    ("mode", "name"), [("generated", "Quiet Otter"), ("hidden", "a colleague who is not shown")]
)
def test_a_place_is_doubted_without_learning_whose_it_is(mode: str, name: str) -> None:
    it = contest([3, 2, 1])
    Appearance.objects.create(
        campaign=it.campaign, employee=it.employees[0], mode=mode, alias="23-27", changed_at=IN_TIME
    )
    theirs, first = of(it, 3), token(it.campaign, it.employees[0])
    theirs.post(address(it), {"about": "place", "place-place_of": first, "place-text": "bought accounts"})
    for html in (theirs.get(address(it)).content.decode(), of(it, 2).get(address(it)).content.decode()):
        assert f"1. {name}" in html or f"To the place of {name}" in html
        assert "Person 1" not in html
        assert '"E1"' not in html


@pytest.mark.parametrize("who", [1, 2, None])
def test_no_other_place_can_be_doubted(who: int | None) -> None:
    it = contest([3, 2, 1])
    about = "E1" if who is None else token(it.campaign, it.employees[who])
    of(it, 3).post(address(it), {"about": "place", "place-place_of": about, "place-text": "x"})
    assert not Objection.objects.exists()


def test_after_the_last_day_there_is_nothing_to_send() -> None:
    it = contest([3, 2])
    mine = of(it, 2)
    with clock.showing(OBJECTIONS_END):
        page = mine.get(address(it))
        assert page.context["forms"] == {}
        assert "The time for objections ended on" in page.content.decode()
        assert "possible until" in messages(mine.post(address(it), MINE, follow=True))
    with clock.showing(OBJECTIONS_END - timedelta(microseconds=1)):
        mine.post(address(it), MINE)
    assert Objection.objects.count() == 1


def test_the_answer_and_decisions_are_read_there() -> None:
    it = contest([3, 2])
    objection = object_to(it.campaign, it.employees[1], "x", now=IN_TIME, actor="e2", contacts_claimed=1)
    refuse(objection, answer="They wrote on one day.", by=decider(), now=IN_TIME)
    draft = Draft(
        campaign=it.campaign,
        kind=Decision.Kind.EXCLUSION,
        employee=it.employees[1],
        reason="on the board",
        evidence="secret minutes",
    )
    confirm(propose(draft, proposer=decider(), now=IN_TIME), confirmer=decider(), seen_version=1, now=IN_TIME)
    page = of(it, 2).get(address(it))
    assert [text for _at, text in page.context["told"]] == [
        "Two people have decided about you: exclusion. Reason: on the board",
        "Your objection 1 is answered; see below.",
    ]
    assert b"They wrote on one day." in page.content
    assert b"secret minutes" not in page.content
    assert not Notice.objects.filter(seen_at=None).exists()
    assert b"They wrote" not in of(it, 1).get(address(it)).content


def drawn(score: int = 3) -> tuple[Contest, Client]:
    it = contest([score, 1])
    draw(it.campaign, now=IN_TIME)
    return it, of(it, 1)


def right_handles(it: Contest, page: Any) -> dict[str, str]:
    """What the winner knows: which of their friends each masked name is."""
    handles = {friend(it.employees[0], n): f"E1-friend{n}@outside.example" for n in range(60)}
    return {f"handle-{line.item.pk}": handles[line.item.contact_id] for line in page.context["asked"].waiting}


def test_a_winner_names_the_contacts_that_were_drawn() -> None:
    it, winner = drawn()
    page = winner.get(address(it, "confirm-contacts"))
    typed = right_handles(it, page)
    assert len(typed) == CheckItem.objects.count() > 1
    first = next(iter(typed))
    wrong = typed | {first: "e1-nobody@outside.example"}
    said = winner.post(address(it, "confirm-contacts"), wrong, follow=True)
    assert "number 1" in messages(said)
    assert b"e1-nobody" not in said.content
    assert CheckItem.objects.filter(matched_at=None).count() == 1
    done = winner.post(address(it, "confirm-contacts"), {first: typed[first]}, follow=True)
    assert b"Two people check them now" in done.content
    assert all(state.is_matched for state in states(CheckItem.objects.all()[0].owner))
    assert not Entry.objects.filter(details__icontains="friend").exists()


def test_nobody_else_names_them() -> None:
    it, winner = drawn()
    typed = right_handles(it, winner.get(address(it, "confirm-contacts")))
    other = of(it, 2)
    answer = other.post(address(it, "confirm-contacts"), typed, follow=True)
    assert b"Nothing is asked of you" in answer.content
    assert not CheckItem.objects.exclude(matched_at=None).exists()


@pytest.mark.parametrize(("name", "cost"), [("my-result", 22), ("confirm-contacts", 12)])
@pytest.mark.parametrize("score", [2, 60])
def test_a_page_costs_the_same_queries_at_any_size(name: str, cost: int, score: int) -> None:
    it, winner = drawn(score)
    with CaptureQueriesContext(connection) as queries:
        assert winner.get(address(it, name)).status_code == 200
    assert len(queries) == cost
