"""What is worth doing today: little, derived from the days, and never a second message."""

from datetime import timedelta

import pytest

from apps.leaderboard.own_contacts import picture
from apps.leaderboard.todo import todos
from tests.factories import make_campaign, make_contact, make_employee, make_tie
from tests.leaderboard.scene import NOW, ago

pytestmark = pytest.mark.django_db


def due(sent, received, **rule):
    me = make_employee()
    make_tie(me, make_contact(), sent=ago(*sent), received=ago(*received))
    return [(todo.is_urgent, todo.sentence) for todo in todos(picture(make_campaign(**rule), me.pk, now=NOW))]


@pytest.mark.parametrize(
    ("sent", "received", "said"),
    [
        ([27, 1], [2, 3], (True, "Counts until Oct 22: one message of yours keeps it.")),
        ([2, 3], [27, 1], (True, "Counts until Oct 22: an answer of theirs keeps it.")),
        ([27, 1], [27, 2], (True, "Counts until Oct 22: one day of yours and one of theirs keep it.")),
        ([5], [2, 3], (False, "One more day of yours, and this contact counts.")),
        ([2, 3], [5], (False, "If they answer on one more day, this contact counts.")),
        ([2], [3], (False, "One day of yours and one of theirs, and this contact counts.")),
        ([2, 3], [2, 3], (False, "One more day with a message from either of you, and this contact counts.")),
    ],
)
def test_each_says_what_is_missing(sent, received, said):
    assert due(sent, received) == [said]


def test_days_of_both_are_asked_for_when_only_they_are_missing():
    assert due([2, 4], [2, 3], min_mutual_days=2) == [
        (False, "One more day on which both of you write, and this contact counts.")
    ]


@pytest.mark.parametrize(
    ("sent", "received"),
    [([0, 3], [5]), ([0, 27], [2, 3]), ([2, 3], [4, 5]), ([2], [])],
    ids=["written to today", "kept today", "counts", "far"],
)
def test_nobody_is_sent_after_what_is_done_or_far(sent, received):
    assert due(sent, received) == []


def test_three_at_most_and_what_would_be_lost_comes_first():
    me = make_employee()
    for _ in range(3):
        make_tie(me, make_contact(), sent=ago(5), received=ago(2, 3))
    make_tie(me, make_contact(), sent=ago(27, 1), received=ago(2, 3))
    assert [todo.is_urgent for todo in todos(picture(make_campaign(), me.pk, now=NOW))] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    "fields",
    [{"deadline": NOW}, {"state": "void", "void_reason": "lost"}, {"starts_at": NOW + timedelta(days=9)}],
)
def test_nothing_when_nothing_can_be_changed(fields):
    assert due([5], [2, 3], **fields) == []
