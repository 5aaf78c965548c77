"""The evidence says why everybody takes part, and verify.py holds it against what was announced."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from apps.awards.evidence.exporting import EvidenceRefused
from apps.directory.models import Employee, EntityMembership, Group, GroupMembership, LegalEntity
from apps.integrity.bundle.belonging import check_belonging
from apps.integrity.bundle.content import Result as Content
from apps.integrity.bundle.door import check
from apps.integrity.bundle.files import Wrong
from apps.integrity.recount import difference_from_second_ranking
from apps.ranking.models import Result
from apps.ranking.sealing import canonical_form, differs_from_fixed_input
from tests.awards.stories import LAST_DAY
from tests.divisions import PRIZES, REST, SALES
from tests.factories import LONG_AGO
from tests.integrity.bundle.stories import announced_contest, export, first_wrong, key
from tests.integrity.bundle.test_bundle import rows
from tests.integrity.bundle.test_database import behind_the_back
from tests.integrity.stories import Contest

pytestmark = pytest.mark.django_db
FIELD = replace(SALES, key="field", name={"en": "Field"}, groups=("Field",))
ENTITIES = ("Acme", "Acme", "Bolt", "Bolt", "Coil", "Acme")
PLACES = (replace(PRIZES[0], division="field"), replace(PRIZES[0], division="rest"))


def join(employee: Employee, *, entity: str = "", group: str = "", too_early: bool = False) -> None:
    """too_early: it ended on the day before the last one counted."""
    period = {"employee": employee, "starts_on": LONG_AGO}
    period["ends_on"] = LAST_DAY.date() - timedelta(days=1) if too_early else None
    if entity:
        EntityMembership.objects.create(entity=LegalEntity.objects.get(name=entity), **period)
    if group:
        GroupMembership.objects.create(group=Group.objects.get(name=group), **period)


def join_all(people: list[Employee]) -> None:
    for person, entity in zip(people, ENTITIES, strict=True):
        join(person, entity=entity, too_early=person is people[5])
    for person in people[:3]:
        join(person, group="Field", too_early=person is people[2])


def contest() -> Contest:
    """For Acme and Bolt, with the field staff of Sales apart: E1 and E2, and E3 until the day before the last.

    E4 is in Law, E5 at another company, and E6 left Acme on the day before the last.
    """
    for name in set(ENTITIES):
        LegalEntity.objects.create(name=name)
    Group.objects.create(name="Field")
    return announced_contest(
        (5, 4, 3, 2, 6, 7),
        before_the_end=join_all,
        prizes=PLACES,
        departments=("Sales", "Sales / North", "Sales", "Law", "Sales", "Sales"),
        entities=("Acme", "Bolt"),
        divisions=(FIELD, REST),
    )


def sealed_form(result: Result) -> list[list[str]]:
    return [line.split() for line in canonical_form(result) if line.startswith("employee")]


# In the order of kinds and names: the department Sales, the companies Acme and Bolt, the group Field.
BELONG = {"E1": [1, 2, 4], "E2": [1, 2, 4], "E3": [1, 3], "E4": [3]}


def test_everybody_is_sealed_with_what_they_belong_to_of_what_is_asked(tmp_path: Path) -> None:
    it, signer = contest(), key(tmp_path)
    assert [(line[1], *line[4:]) for line in sealed_form(it.result)] == [
        ("E1", "1", "1,2,4"),
        ("E2", "1", "1,2,4"),
        ("E3", "2", "1,3"),
        ("E4", "2", "3"),
    ]
    bundle = export(it, tmp_path, signer)
    assert {row[0]: row[4] for row in rows(bundle, "input.ndjson")} == BELONG
    assert difference_from_second_ranking(it.result) == ""
    said: list[str] = []
    check(bundle, key=signer.public, say=said.append)
    assert "Participants: 4, each by what they belong to." in said


def test_who_belongs_to_nothing_that_is_asked_is_sealed_so(tmp_path: Path) -> None:
    it, signer = (
        announced_contest((2, 1), departments=("Sales", "Law"), divisions=(SALES, REST), prizes=PRIZES),
        key(tmp_path),
    )
    assert [line[4:] for line in sealed_form(it.result)] == [["1", "1"], ["2", "-"]]
    assert first_wrong(export(it, tmp_path, signer)) == ""


def test_nothing_is_kept_where_nothing_is_asked(tmp_path: Path) -> None:
    it, signer = announced_contest(), key(tmp_path)
    assert {len(line) for line in sealed_form(it.result)} == {4}
    assert {tuple(row[3:]) for row in rows(export(it, tmp_path, signer), "input.ndjson")} == {(None, None)}


def test_a_move_after_the_input_was_fixed_changes_nothing(tmp_path: Path) -> None:
    it, signer = contest(), key(tmp_path)
    EntityMembership.objects.all().delete()
    GroupMembership.objects.all().delete()
    assert differs_from_fixed_input(it.result) is None
    assert {row[0]: row[4] for row in rows(export(it, tmp_path, signer), "input.ndjson")} == BELONG


def test_what_was_edited_breaks_the_sealed_hash(tmp_path: Path) -> None:
    it, signer = contest(), key(tmp_path)
    behind_the_back("UPDATE ranking_fixedemployee SET belongs = '{1,2}' WHERE number = 'E3'")
    with pytest.raises(
        EvidenceRefused, match=r"results\.ndjson, line 1: its hash is not that of its content"
    ):
        export(it, tmp_path, signer)
    assert differs_from_fixed_input(it.result) == "the hash of the canonical form is not the sealed one"


def told(*belonging: tuple[int | None, list[int] | None]) -> Content:
    return Content({}, [], belonging=list(belonging))


ASKED = {
    "participants.entities": ["Acme", "Bolt"],
    "participants.departments": [],
    "participants.groups": [],
    "divisions": [FIELD.as_json(), REST.as_json()],
}


@pytest.mark.parametrize("sealed", [(1, [1, 2, 4]), (1, [1, 2, 3, 4]), (2, [2]), (2, [3, 4])])
def test_who_belongs_to_what_is_asked_takes_part(sealed: Any) -> None:
    check_belonging(ASKED, [told((1, [1, 3, 4]), sealed)], say=lambda _text: None)


@pytest.mark.parametrize(
    ("sealed", "why"),
    [
        ((2, None), "does not say what they belong to"),
        ((2, []), "does not belong to those who take part"),
        ((1, [1, 4]), "does not belong to those who take part"),
        ((2, [1, 2, 4]), "is in division 2, by the rule in 1"),
        ((1, [1, 2]), "is in division 1, by the rule in 2"),
        ((None, [1, 2]), "is in division None, by the rule in 2"),
        ((2, [2, 5]), "belongs to what nobody asked for"),
        ((2, [0, 2]), "belongs to what nobody asked for"),
    ],
)
def test_whoever_seals_a_wrong_input_is_found_by_the_rule(sealed: Any, why: str) -> None:
    with pytest.raises(Wrong) as wrong:
        check_belonging(ASKED, [told((1, [1, 3, 4]), sealed)], say=lambda _text: None)
    assert str(wrong.value) == f"input.ndjson, line 2: {why}"


def test_of_several_kinds_one_of_each_is_asked() -> None:
    asked = ASKED | {"participants.groups": ["Field"], "divisions": []}
    check_belonging(asked, [told((None, [1, 3]))], say=lambda _text: None)
    for belongs in ([1, 2], [3]):
        with pytest.raises(Wrong, match="does not belong to those who take part"):
            check_belonging(asked, [told((None, belongs))], say=lambda _text: None)
