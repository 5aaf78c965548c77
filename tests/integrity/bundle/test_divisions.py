"""The evidence of a campaign with divisions: verify.py ranks each of them by itself."""

from dataclasses import replace
from pathlib import Path

import pytest

from apps.awards.evidence.exporting import EvidenceRefused
from apps.integrity.models import Decision
from apps.integrity.recount import difference_from_second_ranking
from apps.ranking.sealing import sealed_hash
from tests.divisions import PRIZES, REST, SALES
from tests.integrity.bundle.stories import announced_contest, decide, export, first_wrong, key
from tests.integrity.bundle.test_bundle import rows
from tests.integrity.bundle.test_database import behind_the_back
from tests.integrity.stories import Contest

pytestmark = pytest.mark.django_db
LAW = replace(REST, key="law", name={"en": "Law"}, departments=("Law",))


def contest() -> Contest:
    """E1 to E3 are in Sales, E4 and E5 in Law, E6 elsewhere with nobody."""
    return announced_contest(
        (5, 4, 4, 3, 2, 0),
        prizes=PRIZES,
        departments=("Sales", "Sales", "Sales", "Law", "Law", "Post"),
        divisions=(SALES, LAW, REST),
    )


def test_the_bundle_holds_before_and_after_decisions(tmp_path: Path) -> None:
    it, signer = contest(), key(tmp_path)
    assert first_wrong(export(it, tmp_path, signer)) == ""
    decide(it, kind=Decision.Kind.EXCLUSION, employee=it.employees[0])
    assert difference_from_second_ranking(it.result) == ""
    bundle = export(it, tmp_path, signer, "second.zip")
    assert first_wrong(bundle) == ""
    lines = [tuple(row.values()) for row in rows(bundle, "ranking-2.ndjson")]
    names = sorted(rows(bundle, "ranking-2.ndjson")[0])
    assert names == ["active_contacts", "conversation_days", "division", "employee", "rank"]
    assert [(row[2], row[4], row[3]) for row in lines] == [
        (1, 1, "E2"),
        (1, 1, "E3"),
        (2, 1, "E4"),
        (2, 2, "E5"),
        (1, None, "E1"),
        (3, None, "E6"),
    ]
    assert [row[3] for row in rows(bundle, "input.ndjson")] == [1, 1, 1, 2, 2, 3]
    awards = [(a["version"], a["division"], a["employee"], a["net"]) for a in rows(bundle, "awards.ndjson")]
    assert awards == [(1, "sales", "E1", "1000.00"), *((1, "sales", e, "250.00") for e in ("E2", "E3"))]


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (
            "UPDATE ranking_standing SET division = 2 WHERE rank = 2",
            "results.ndjson, line 1: its hash is not",
        ),
        ("UPDATE ranking_fixedemployee SET division = 2", "results.ndjson, line 1: its hash is not"),
        (
            "UPDATE campaigns_campaign SET divisions = jsonb_set(divisions, '{1,departments}', '[\"Post\"]')",
            "rule.json: divisions is",
        ),
        (
            "UPDATE awards_award SET division = 'law' WHERE place = 1",
            "awards.ndjson, line 1: is not in the log",
        ),
    ],
)
def test_what_was_edited_is_named(tmp_path: Path, edit: str, why: str) -> None:
    it, signer = contest(), key(tmp_path)
    behind_the_back(edit)
    it.campaign.refresh_from_db()
    with pytest.raises(EvidenceRefused) as refused:
        export(it, tmp_path, signer)
    assert why in str(refused.value)


def test_a_line_moved_into_another_division_with_a_fitting_hash_is_ranked_otherwise(tmp_path: Path) -> None:
    """Somebody who seals a forged place still cannot have it agree with the input."""
    it = contest()
    behind_the_back(f"UPDATE ranking_standing SET division = 2 WHERE employee_id = {it.employees[2].pk:d}")
    behind_the_back(f"UPDATE ranking_result SET sha256 = '{sealed_hash(it.result)}'")
    assert "standings are counted otherwise" in difference_from_second_ranking(it.result)


def test_the_rule_says_who_belongs_where(tmp_path: Path) -> None:
    bundle = export(contest(), tmp_path, key(tmp_path))
    said = rows(bundle, "rule.json")[0]
    assert said["divisions"] == [
        {"departments": ["Sales"], "key": "sales", "name": {"en": "Sales", "zh-hans": "销售"}},
        {"departments": ["Law"], "key": "law", "name": {"en": "Law"}},
        {"key": "rest", "name": {"en": "Everybody else", "zh-hans": "其他同事"}},
    ]
    assert said["prizes"] == [
        "rest 1: 100.00 CNY",
        "sales 1: 1000.00 CNY",
        "sales 2: 500.00 CNY",
    ]
