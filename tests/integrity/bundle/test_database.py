"""Rows that were edited behind the program's back keep the evidence from being exported, with their place."""

from pathlib import Path

import pytest
from django.db import connection

from apps.awards.evidence.exporting import EvidenceRefused
from tests.integrity.bundle.stories import export, final_contest, key

pytestmark = pytest.mark.django_db

# What is edited: what export names
EDITS = {
    "UPDATE ranking_fixedtie SET sent = ~sent WHERE contact_id = (SELECT min(contact_id) FROM ranking_fixedtie)": (
        "results.ndjson, line 1: its hash is not that of its content"
    ),
    "DELETE FROM ranking_fixedtie WHERE contact_id = (SELECT max(contact_id) FROM ranking_fixedtie)": (
        "results.ndjson, line 1: its hash"
    ),
    "UPDATE ranking_fixedemployee SET number = 'E9' WHERE number = 'E4'": "results.ndjson, line 1: its hash",
    "DELETE FROM ranking_fixedsource": "results.ndjson, line 1: its hash",
    "UPDATE ranking_standing SET active_contacts = active_contacts + 1 WHERE run_id = (SELECT max(run_id) FROM "
    "ranking_result)": "results.ndjson, line 6: its hash",
    "UPDATE ranking_result SET sha256 = repeat('a', 64) WHERE version = 2": "results.ndjson, line 2: its hash",
    "UPDATE ranking_result SET corrections = '[]' WHERE version = 6": "results.ndjson, line 6: its hash",
    "UPDATE ranking_result SET cutoff = cutoff + interval '1 hour' WHERE version = 1": "results.ndjson, line 1: its",
    "UPDATE campaigns_campaign SET min_active_days = 1": "rule.json: rule.min_active_days is 1, announced was 3",
    "UPDATE campaigns_campaign SET deadline = deadline + interval '1 day'": "rule.json: deadline is 2027-01-01",
    "UPDATE campaigns_prize SET net_amount = 90000 WHERE place = 1": "rule.json: prizes is",
    "UPDATE campaigns_campaign SET state = 'paid'": "manifest.json: the log says the campaign is",
    "UPDATE integrity_decision SET reason = 'another' WHERE number = 3": "decisions.ndjson, line 3: is not what",
    "UPDATE integrity_decision SET evidence = 'another' WHERE number = 3": "decisions.ndjson, line 3: is not what",
    "UPDATE integrity_decision SET proposed_by_id = (SELECT id FROM directory_user WHERE username = 'approver1') "
    "WHERE number = 4": "decisions.ndjson, line 4: is not what",
    "UPDATE integrity_decision SET confirmed_by_id = (SELECT id FROM directory_user WHERE username = 'approver1') "
    "WHERE number = 4": "decisions.ndjson, line 4: confirmed_by is approver1",
    "UPDATE integrity_decision SET result_id = (SELECT min(id) FROM ranking_result) WHERE number = 4": (
        "decisions.ndjson, line 4: the log says it counts since version 5"
    ),
    "DELETE FROM integrity_decision WHERE number = 6": "decisions.ndjson: decision [6] is missing",
    "UPDATE awards_approval SET approver_id = (SELECT min(id) FROM directory_user WHERE username LIKE 'user%')"
    " WHERE id = (SELECT min(id) FROM awards_approval)": "approvals.ndjson, line",
    "DELETE FROM awards_approval": "approvals.ndjson: the log has an approval that is missing",
    "UPDATE integrity_finalresult SET result_id = (SELECT min(id) FROM ranking_result)": "manifest.json: the log has",
    "UPDATE awards_award SET net_amount = 1": "awards.ndjson, line 1: is not in the log",
    "UPDATE awards_award SET employee_id = (SELECT id FROM directory_employee WHERE number = 'E5') "
    "WHERE place = 1 AND state = 'approved'": "awards.ndjson, line",
    "DELETE FROM awards_award WHERE state = 'approved'": "awards.ndjson: the log has an award that is missing",
    "UPDATE audit_entry SET actor = 'eve' WHERE action = 'decision confirmed'": "was changed after it was written",
    "DELETE FROM audit_entry WHERE number = 4": "The audit log does not hold: entry 4 is missing",
}


def behind_the_back(statement: str) -> None:
    """As somebody who owns the server can: triggers and checks of keys switched off."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)
        assert cursor.rowcount, statement
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.mark.parametrize("edit", EDITS)
def test_what_was_edited_is_named_and_nothing_is_written(tmp_path: Path, edit: str) -> None:
    it, signer = final_contest(), key(tmp_path)
    behind_the_back(edit)
    with pytest.raises(EvidenceRefused) as refused:
        export(it, tmp_path, signer)
    assert EDITS[edit] in str(refused.value)
    assert [path.name for path in tmp_path.iterdir()] == ["key.pem"]
