"""The verifier's own giving of prizes agrees with the program's, and finds awards that are not what a result gives."""

import json
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.awards.evidence import parts
from apps.awards.evidence.exporting import EvidenceRefused
from apps.awards.prizes import proposing
from apps.awards.prizes.give import Placed, Promises, Share, give
from apps.awards.prizes.people import Person
from apps.campaigns.announcement import PrizeLine
from apps.campaigns.further import CHOICES, Awarding, DepartmentPrize, Further, Goal, PerContact
from apps.integrity.bundle.content import Result, department_of
from apps.integrity.bundle.prizes import Given, Terms, _announced, awards_of
from tests.integrity.bundle.stories import export, key
from tests.integrity.bundle.test_further_prizes import contest
from tests.ranking.worlds import examples

MONEY = st.integers(1, 20_000).map(lambda cents: Decimal(cents) / 100)
GROUPS = ["board", "interns"]
DEPARTMENTS = ["", "Sales", "Sales / North", "Sales / South", "Law"]
DAYS = 100


@st.composite
def promises(draw: st.DrawFn) -> Promises:
    places = draw(st.sets(st.integers(1, 6), max_size=4))
    divisions = draw(st.sampled_from([{0: ""}, {0: ""}, {1: "sales", 2: "rest"}]))
    department_places = draw(st.sets(st.integers(1, 3), max_size=2))
    goals = st.builds(
        Goal,
        st.integers(1, 6),
        MONEY,
        pro_rata=st.booleans(),
        exempt_groups=st.sampled_from([(), ("interns",)]),
        division=st.sampled_from(["", *divisions.values()]),
    )
    whose = st.sampled_from(["", *divisions.values()])
    each = st.builds(PerContact, MONEY, st.integers(1, 5), division=whose)
    chosen: dict[str, Any] = {name: draw(st.sampled_from(known)) for name, known in CHOICES.items()}
    return Promises(
        tuple(
            PrizeLine(n, draw(MONEY), "CNY", draw(st.sampled_from([0, 0, 3])), key)
            for key in sorted(divisions.values())
            for n in sorted(places)
        ),
        Further(
            goals=tuple(sorted(draw(st.lists(goals, max_size=2)))),
            per_contact=draw(st.none() | each),
            departments=tuple(
                DepartmentPrize(n, draw(MONEY), division=key)
                for key in draw(st.sets(whose))
                for n in sorted(department_places)
            ),
        ),
        Awarding(
            **chosen,
            excluded_groups=draw(st.sampled_from([(), ("board",)])),
            department_level=draw(st.integers(0, 2)),
            department_members=draw(st.integers(1, 3)),
        ),
        DAYS,
        divisions,
    )


PEOPLE = st.lists(
    st.tuples(
        st.integers(0, 5),  # active contacts
        st.integers(0, 2),  # days of conversation beyond them
        st.sampled_from(DEPARTMENTS),
        st.frozensets(st.sampled_from(GROUPS), max_size=1),
        st.sampled_from([1, 50, 99, 100]),
        st.sampled_from([True, True, False]),
    ),
    max_size=9,
)


@examples(400)
@given(promises(), PEOPLE, st.lists(st.integers(0, 7), min_size=12, max_size=12), st.booleans())
def test_both_give_the_same(promised: Promises, drawn: list[Any], met: list[int], knows_people: bool) -> None:
    numbers = {n: f"E{(7 * n) % 10}" for n in range(len(drawn))}  # not in the order of rows
    contacts = dict(zip(product(("", "sales", "rest"), DEPARTMENTS[1:]), met, strict=True))

    def division_of(n: int) -> int:
        return list(promised.divisions)[n % len(promised.divisions)]

    people = {n: Person(n, *known, division_of(n)) for n, (_score, _days, *known) in enumerate(drawn)}
    placed = [
        Placed(0, score, score + days, n, numbers[n], division_of(n))
        for n, (score, days, *_) in enumerate(drawn)
        if score
    ]
    placed.sort(key=lambda each: (-each.active_contacts, -each.conversation_days, each.number))
    placed = [
        each._replace(
            rank=1
            + sum(
                (o.division, o.active_contacts > each.active_contacts) == (each.division, True)
                for o in placed
            )
        )
        for each in placed
    ]
    if not knows_people:
        awarding = Awarding(equals=promised.awarding.equals)
        promised = replace(promised, further=Further(), awarding=awarding)
    shares = give(promised, placed, people if knows_people else None, contacts)
    lines = [
        {
            "employee": numbers[n],
            "active_contacts": score,
            "conversation_days": score + days if score else 0,
            "division": division_of(n),
        }
        for n, (score, days, *_) in enumerate(drawn)
    ]
    said = {"corrections": []} | (
        {"divisions": list(promised.divisions.values())} if 1 in promised.divisions else {}
    )
    result = Result(said, [json.dumps(line).encode() for line in lines], contacts)
    facts = {
        numbers[n]: [n, numbers[n], person.department, sorted(person.groups), *person[3:5]]
        for n, person in people.items()
    }
    again = awards_of(terms(promised), result, facts if knows_people else {})
    assert Counter(again) == Counter(spelled(share, numbers) for share in shares)


def terms(promised: Promises) -> Terms:
    further = promised.further
    said = {
        "prizes": [
            money(each) | {"place": each.place, "min_score": each.min_score, "division": each.division}
            for each in promised.prizes
        ],
        "goals": [
            money(g)
            | {"contacts": g.contacts, "pro_rata": g.pro_rata, "exempt_groups": g.exempt_groups}
            | {"division": g.division}
            for g in further.goals
        ],
        "per_contact": [
            money(each) | {"most": each.most, "division": each.division}
            for each in [further.per_contact]
            if each
        ],
        "department_prizes": [
            money(each) | {"place": each.place, "division": each.division} for each in further.departments
        ],
    }
    return Terms(said, promised.awarding.as_dict(), promised.campaign_days)


def money(each: Any) -> dict[str, str]:
    return {"net": str(each.net_amount), "currency": each.currency}


def spelled(share: Share, numbers: dict[int, str]) -> Given:
    who, form, place, contacts, department, shared_by, net, currency, division = share
    return Given(
        numbers[who], str(form), place, contacts, department, shared_by, int(net * 100), currency, division
    )


@pytest.mark.parametrize(
    ("path", "level", "name"), [("A / B / C", 0, "A / B / C"), ("A / B / C", 2, "A / B"), ("A", 2, "A")]
)
def test_the_department_that_competes(path: str, level: int, name: str) -> None:
    assert department_of(path, level) == name


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["place", "goal", "contacts", "department"])
def test_awards_to_somebody_else_than_who_won_are_found_though_the_log_agrees(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the program, or who runs it, had given a prize to a friend and logged that."""
    real = proposing.shares_of

    monkeypatch.setattr(proposing, "shares_of", lambda result: to_a_friend(real(result), form))
    with pytest.raises(EvidenceRefused, match="is not what the result gives"):
        export(contest(), tmp_path, key(tmp_path))


def to_a_friend(shares: list[Share], form: str) -> list[Share]:
    """Somebody who won nothing of the form gets what its first winner should have; or, where all won, a cent more."""
    first, *others = [share for share in shares if share.form == form]
    friends = [
        share.employee_id
        for share in shares
        if share.employee_id not in {first.employee_id, *(o.employee_id for o in others)}
    ]
    cent = Decimal("0.01")
    if friends:
        changed = {id(first): first._replace(employee_id=friends[0])}
    else:
        other = others[0]
        changed = {
            id(first): first._replace(net_amount=first.net_amount + cent),
            id(other): other._replace(net_amount=other.net_amount - cent),
        }
    return [changed.get(id(each), each) for each in shares]


@pytest.mark.django_db
def test_an_award_that_nobody_proposed_is_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = proposing.shares_of
    monkeypatch.setattr(proposing, "shares_of", lambda result: real(result)[1:])
    with pytest.raises(
        EvidenceRefused, match=r"version 1 gives 100000.00 CNY for place to E1, which is missing"
    ):
        export(contest(), tmp_path, key(tmp_path))


@examples(100)
@given(promises())
def test_what_is_promised_as_values_is_spelled_as_it_was_announced(promised: Promises) -> None:
    said, further = terms(promised).said, promised.further
    per_contact = [each for each in [further.per_contact] if each]
    for name, announced in (
        ("prizes", promised.prizes),
        ("goals", further.goals),
        ("per_contact", per_contact),
        ("department_prizes", further.departments),
    ):
        assert [_announced(name, each) for each in said[name]] == [str(each) for each in announced]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("edit", "why"),
    [
        ({"goals": []}, "goals is not what was announced"),
        ({"first_day": "2026-08-20"}, "does not begin when the campaign began"),
    ],
)
def test_promises_that_were_not_announced_are_found(
    edit: dict[str, Any], why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = parts.promised
    monkeypatch.setattr(parts, "promised", lambda campaign: real(campaign) | edit)
    with pytest.raises(EvidenceRefused, match=why):
        export(contest(), tmp_path, key(tmp_path))
