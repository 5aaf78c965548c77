"""The rule in plain Python on one employee's ties."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from apps.activity.fields import DAYS_REMEMBERED
from apps.campaigns.rule import Rule
from apps.leaderboard.contacts import Missing, State, Terms, TieRow, active_people, dates, days_back, judge
from apps.ranking.services import ContactFacts
from tests.factories import LONG_AGO, day_bits
from tests.leaderboard.scene import TODAY, ago

STEADY = Rule()
NO_DAY = "0" * DAYS_REMEMBERED


def terms(rule: Rule = STEADY, *, deadline_last: date = date(2026, 12, 31), employed=None) -> Terms:
    return Terms(
        rule=rule,
        starts_on=date(2026, 8, 26),
        last=TODAY,
        deadline_last=deadline_last,
        employed=employed or [(LONG_AGO, None)],
    )


def tie(contact_id: int, *, sent=(), received=()) -> TieRow:
    sent, received = ago(*sent), ago(*received)
    anchor = max(sent + received)
    return TieRow(contact_id, anchor, day_bits(sent, anchor), day_bits(received, anchor))


def test_two_days_each_and_three_in_all_count():
    (contact,) = judge([tie(1, sent=[1, 3], received=[1, 5])], {}, terms())
    assert (contact.state, contact.missing) == (State.COUNTS, Missing(0, 0, 0, 0))


def test_one_day_too_few_nearly_counts_and_says_whose():
    (contact,) = judge([tie(1, sent=[1, 3], received=[2])], {}, terms())
    assert (contact.state, contact.missing) == (State.NEARLY, Missing(0, 1, 0, 0))


def test_two_days_too_few_do_not_nearly_count():
    (contact,) = judge([tie(1, sent=[1, 2, 3])], {}, terms())
    assert (contact.state, contact.missing) == (State.NOT, Missing(0, 2, 0, 0))


def test_the_first_day_of_the_window_counts_and_the_day_before_does_not():
    counts, not_now = tie(1, sent=[29, 2], received=[29, 3]), tie(2, sent=[30, 2], received=[30, 3])
    states = {c.contact_id: c.state for c in judge([counts, not_now], {}, terms())}
    assert states == {1: State.LAPSES_SOON, 2: State.NEARLY}


def test_a_contact_lapses_on_the_day_its_needed_day_has_left_the_window():
    (contact,) = judge([tie(1, sent=[27, 2], received=[4, 3])], {}, terms())
    assert contact.lapses_on == TODAY + timedelta(days=3)


def test_nothing_lapses_after_the_deadline():
    ending = terms(deadline_last=TODAY + timedelta(days=2))
    (contact,) = judge([tie(1, sent=[27, 2], received=[4, 3])], {}, ending)
    assert (contact.state, contact.lapses_on) == (State.COUNTS, None)
    assert ending.lapsing_days == 2


def test_a_contact_without_a_day_in_the_window_is_not_listed():
    assert judge([tie(1, sent=[40], received=[41])], {}, terms()) == []


def test_a_contact_set_aside_counts_for_nobody_but_its_days_are_shown():
    facts = {1: ContactFacts(None, NO_DAY)}
    (contact,) = judge([tie(1, sent=[1, 3], received=[1, 5])], facts, terms())
    assert (contact.state, contact.is_left_out) == (State.NOT, True)
    assert dates(contact.days.sent, TODAY) == ago(3, 1)


def test_days_as_a_colleague_are_left_out():
    outside = "1" * 3 + "0" * 300 + "1" * 81  # outside on the last three days only
    facts = {1: ContactFacts(None, outside)}
    (contact,) = judge([tie(1, sent=[1, 5, 6], received=[2, 5, 6])], facts, terms())
    assert (contact.state, contact.missing) == (State.NEARLY, Missing(1, 1, 1, 0))


def test_accounts_of_one_person_count_once_with_their_days_together():
    facts = {2: ContactFacts(1, "1" * DAYS_REMEMBERED), 1: ContactFacts(1, "1" * DAYS_REMEMBERED)}
    ties = [tie(1, sent=[1], received=[2]), tie(2, sent=[3], received=[4])]
    (contact,) = judge(ties, facts, terms())
    assert (contact.accounts, contact.state) == ((1, 2), State.COUNTS)


def test_days_before_the_employee_was_hired_are_left_out():
    hired = terms(employed=[(TODAY - timedelta(days=3), None)])
    (contact,) = judge([tie(1, sent=[1, 5], received=[2, 3])], {}, hired)
    assert contact.missing == Missing(1, 0, 0, 0)


def test_what_lapses_first_comes_first_and_what_cannot_be_won_last():
    ties = [
        tie(1, sent=[1, 3], received=[1, 5]),
        tie(2, sent=[1]),
        tie(3, sent=[29, 2], received=[29, 3]),
        tie(4, sent=[1, 3], received=[2]),
        tie(5, sent=[27, 2], received=[27, 3]),
    ]
    assert [c.contact_id for c in judge(ties, {}, terms())] == [3, 5, 4, 1, 2]


@given(
    st.sets(st.integers(0, DAYS_REMEMBERED - 1), min_size=1),
    st.integers(-DAYS_REMEMBERED, DAYS_REMEMBERED),
)
def test_days_keep_their_dates_when_they_are_counted_from_another_day(offsets, later):
    stored = day_bits([TODAY - timedelta(days=n) for n in offsets], TODAY)
    last = TODAY + timedelta(days=later)
    kept = sorted(TODAY - timedelta(days=n) for n in offsets if TODAY - timedelta(days=n) <= last)
    assert dates(days_back(stored, TODAY, last), last) == kept


@settings(max_examples=50)
@given(
    st.sets(st.integers(0, 29), min_size=1),
    st.sets(st.integers(0, 29), min_size=1),
    st.sampled_from([STEADY, Rule(window_days=10), Rule(window_days=None), Rule(min_mutual_days=1)]),
)
def test_a_contact_counts_until_the_day_it_lapses(sent, received, rule):
    ties, now = [tie(1, sent=sent, received=received)], terms(rule)
    for contact in judge(ties, {}, now):
        last_safe = (contact.lapses_on or TODAY + timedelta(days=8)) - timedelta(days=1)
        if contact.is_active:
            assert active_people(ties, {}, now.at(last_safe))
        if contact.lapses_on:
            assert not active_people(ties, {}, now.at(contact.lapses_on))
