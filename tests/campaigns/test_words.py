"""The rule in words says what the rule does, for every rule."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import override_settings
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from apps.campaigns.models import Campaign
from apps.campaigns.rule import Rule
from apps.campaigns.words import rule_in_words, rule_sentences
from tests.factories import DEADLINE, START


def campaign(**fields: Any) -> Campaign:
    return Campaign(**({"slug": "a", "starts_at": START, "deadline": DEADLINE} | fields))


def conditions(**fields: Any) -> str:
    """What stands between the window and the full stop of the first sentence."""
    return rule_sentences(campaign(**fields))[0].split(", ", 2)[2].removesuffix(".")


def deciding(**fields: Any) -> str:
    return rule_sentences(campaign(**fields))[-1].removesuffix("; earlier places do not add up.")


def test_steady_in_english() -> None:
    assert rule_in_words(campaign()) == (
        "Someone outside the company counts for you when, in the last 30 days, you wrote on at least 2 days, "
        "they wrote on at least 2 days, and that makes at least 3 different days. One message a day is enough; "
        "a hundred earn nothing more. One-to-one chats only. Days are Beijing days. Content is never read. "
        "Only 2 to 31 December decides; earlier places do not add up."
    )


NOTHING = {"min_sent_days": 0, "min_received_days": 0, "min_active_days": 1, "min_mutual_days": 0}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "you or they wrote on at least one day"),
        ({"min_active_days": 4}, "you or they wrote on at least 4 days"),
        ({"min_sent_days": 1}, "you wrote on at least one day"),
        ({"min_received_days": 3}, "they wrote on at least 3 days"),
        (
            {"min_sent_days": 1, "min_received_days": 1},
            "you wrote on at least one day, and they wrote on at least one day",
        ),
        (
            {"min_sent_days": 1, "min_active_days": 2},
            "you wrote on at least one day, and that makes at least 2 different days",
        ),
        ({"min_mutual_days": 1}, "both of you wrote on at least one same day"),
        (
            {"min_sent_days": 2, "min_received_days": 3, "min_mutual_days": 2, "min_active_days": 5},
            "they wrote on at least 3 days, both of you wrote on at least 2 same days, "
            "and that makes at least 5 different days",
        ),
        (
            {"min_sent_days": 4, "min_received_days": 4, "min_mutual_days": 1, "min_active_days": 6},
            "you wrote on at least 4 days, they wrote on at least 4 days, "
            "both of you wrote on at least one same day, and that makes at least 6 different days",
        ),
    ],
)
def test_conditions_that_say_nothing_new_are_left_out(fields: dict[str, int], words: str) -> None:
    assert conditions(**(NOTHING | fields)) == words


days = st.integers(0, 5)


@given(days, days, days, days)
def test_the_words_hold_every_number_that_matters(sent: int, received: int, mutual: int, active: int) -> None:
    """The conditions spoken of, with the others at 0, mean the same rule."""
    said = conditions(
        min_sent_days=sent, min_received_days=received, min_mutual_days=mutual, min_active_days=max(1, active)
    )
    kinds = ("both of you", "you or they", "you wrote", "they wrote", "different")
    spoken = dict.fromkeys(kinds, 0)
    for clause in said.replace(", and ", ", ").split(", "):
        number = next(
            int(word) if word.isdigit() else 1 for word in clause.split() if word in {*"12345", "one"}
        )
        spoken[next(kind for kind in kinds if kind in clause)] = number
    as_spoken = (
        max(spoken["you wrote"], spoken["both of you"]),
        max(spoken["they wrote"], spoken["both of you"]),
        spoken["both of you"],
        max(spoken.values()),
    )
    assert as_spoken == (
        max(sent, mutual),
        max(received, mutual),
        mutual,
        max(sent, received, mutual, active, 1),
    )


@pytest.mark.parametrize(
    ("window_days", "words"),
    [(1, "in the last day"), (7, "in the last 7 days"), (None, "since 26 August 2026")],
)
def test_the_window(window_days: int | None, words: str) -> None:
    assert f" when, {words}, you wrote" in rule_in_words(campaign(window_days=window_days))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"window_days": 1}, "Only 31 December 2026 decides"),
        ({"window_days": 31}, "Only 1 to 31 December decides"),
        ({"window_days": 32}, "Only 30 November to 31 December decides"),
        (
            {"deadline": datetime(2027, 1, 10, 16, tzinfo=UTC)},
            "Only 12 December 2026 to 10 January 2027 decides",
        ),
        ({"deadline": datetime(2026, 12, 31, 15, 59, tzinfo=UTC)}, "Only 2 to 31 December decides"),
        (
            {"deadline": datetime(2026, 12, 31, 16, 0, 1, tzinfo=UTC)},
            "Only 3 December 2026 to 1 January 2027 decides",
        ),
        ({"window_days": None}, "The whole campaign decides, 26 August to 31 December"),
        ({"deadline": datetime(2026, 8, 31, 16, tzinfo=UTC)}, "The whole campaign decides, 26 to 31 August"),
        ({"deadline": datetime(2026, 8, 26, 16, tzinfo=UTC)}, "Only 26 August 2026 decides"),
    ],
)
def test_the_dates_that_decide(fields: dict[str, Any], words: str) -> None:
    assert deciding(**fields) == words


def test_new_contacts_only() -> None:
    assert rule_sentences(campaign(new_contacts_only=True))[1] == (
        "Only people with whom nobody in the company had talked before 26 August 2026 count."
    )


@pytest.mark.parametrize(
    ("former_colleague_days", "words"),
    [
        (0, "Former colleagues count from the day after they leave."),
        (1, "Former colleagues do not count on the first day after they leave."),
        (30, "Former colleagues do not count during the first 30 days after they leave."),
    ],
)
def test_former_colleagues_are_spoken_of_when_the_days_are_unusual(
    former_colleague_days: int, words: str
) -> None:
    assert rule_sentences(campaign(former_colleague_days=former_colleague_days))[1] == words
    assert not any("Former" in sentence for sentence in rule_sentences(campaign()))


def test_other_calendars_and_larger_rooms() -> None:
    with override_settings(COMPANY_TIME_ZONE="America/New_York", MAX_ROOM_SIZE=5):
        assert "Chats of up to 5 people only. Days are days in Eastern Time. Content" in rule_in_words(
            campaign()
        )


def test_a_name_falls_back_to_another_language_and_then_to_the_slug() -> None:
    both = campaign(name={"en": "Bring", "zh-hans": "带来"})
    with override("zh-hans"):
        assert both.localised_name() == "带来"
        assert campaign(name={"en": "Bring"}).localised_name() == "Bring"
    assert both.localised_name() == "Bring"
    assert campaign(name={"zh-hans": "带来"}).localised_name() == "带来"
    assert campaign(name={}).localised_name() == "a"


def test_the_words_follow_the_rule_of_the_campaign() -> None:
    assert Rule.of(campaign(min_sent_days=9)).min_sent_days == 9
    assert "you wrote on at least 9 days" in rule_in_words(campaign(min_sent_days=9))
