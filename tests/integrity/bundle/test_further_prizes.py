"""Prizes for goals, contacts and departments: their facts and sums stand in the evidence as they were logged."""

from decimal import Decimal
from pathlib import Path

import pytest

from apps.awards.evidence.exporting import EvidenceRefused
from apps.campaigns.further import DepartmentPrize, Further, Goal, PerContact
from tests.integrity.bundle.stories import announced_contest, export, first_wrong, key
from tests.integrity.bundle.test_bundle import rows
from tests.integrity.bundle.test_database import behind_the_back
from tests.integrity.stories import Contest

pytestmark = pytest.mark.django_db


def contest() -> Contest:
    further = Further(
        goals=(Goal(4, Decimal("500.00")),),
        per_contact=PerContact(Decimal("10.00"), most=3),
        departments=(DepartmentPrize(1, Decimal("1000.00")),),
    )
    return announced_contest((5, 4, 4, 2, *[0] * 6), further=further)


def test_prizes_for_no_place_are_as_they_were_logged(tmp_path: Path) -> None:
    bundle = export(contest(), tmp_path, key(tmp_path))
    assert first_wrong(bundle) == ""
    assert {award["form"] for award in rows(bundle, "awards.ndjson")} == {
        "place",
        "goal",
        "contacts",
        "department",
    }
    facts = rows(bundle, "prize-facts.ndjson")
    assert [fact[1:] for fact in facts] == [[f"E{n}", "Sales", [], 128, True] for n in range(1, 11)]


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        ("UPDATE awards_prizefacts SET department = 'Other'", "prize-facts.ndjson: is not what was fixed"),
        ("DELETE FROM awards_prizefacts", "prize-facts.ndjson: is not what was fixed"),
        (
            "UPDATE awards_award SET net_amount = 501 WHERE form = 'goal'",
            "awards.ndjson: the log has no 3 awards for goal",
        ),
        (
            "DELETE FROM awards_award WHERE form = 'department'",
            "awards.ndjson: the log has an award that is missing",
        ),
        (
            "UPDATE campaigns_campaign SET further = jsonb_set(further, '{goals,0,contacts}', '3')",
            "rule.json: goals is",
        ),
    ],
)
def test_edited_facts_and_sums_are_named(tmp_path: Path, edit: str, why: str) -> None:
    it, signer = contest(), key(tmp_path)
    behind_the_back(edit)
    with pytest.raises(EvidenceRefused) as refused:
        export(it, tmp_path, signer)
    assert why in str(refused.value)
