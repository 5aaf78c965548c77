"""The bundle of each real data set verifies, and its ranking is the expected one."""

import json
import zipfile
from pathlib import Path

import pytest

from apps.audit.signing import make_key
from apps.awards.evidence.exporting import export_evidence
from apps.campaigns import lifecycle
from apps.campaigns.models import Campaign
from apps.ranking.sealing import settle
from bonus_tracker import clock
from tests.integrity.bundle.stories import first_wrong
from tests.ranking.in_database import rolled_back
from tests.ranking.real_data import DATA_SETS, FOLDER, Case, cases_of
from tests.ranking.test_real_data import calendar, import_employees, in_one_process, printed

CASES = 2  # of each data set: ranking and exporting all would say no more


@pytest.mark.parametrize("data_set", [in_one_process(data_set, data_set) for data_set in DATA_SETS])
def test_the_bundle_holds_and_has_the_expected_ranking(
    db: None, tmp_path: Path, subtests: pytest.Subtests, data_set: str
) -> None:
    cases = [case for case in cases_of(data_set) if case.zone == "UTC"][-CASES:]
    with calendar("UTC"):
        import_employees(data_set, tmp_path)
        printed("import_interactions", FOLDER / data_set / "messages.csv.gz", "--source", data_set)
        for case in cases:
            with subtests.test(case.number), rolled_back():
                bundle = export(case, tmp_path)
                assert first_wrong(bundle) == ""
                assert ranking_in(bundle) == case.expected()


def export(case: Case, folder: Path) -> Path:
    campaign_file, bundle = folder / f"{case.number}.toml", folder / f"{case.number}.zip"
    campaign_file.write_text(case.toml())
    printed("apply_campaign", campaign_file, "--rehearsal")
    campaign = Campaign.objects.get(slug=f"case-{case.number}")
    now = clock.now()
    assert lifecycle.start(campaign, now=now)
    assert lifecycle.begin_settling(campaign, now=now)
    assert settle(campaign, now=now)
    signer = make_key(folder / f"{case.number}.pem")
    export_evidence(campaign, bundle, signer=signer, actor="test", now=now, say=lambda text: None)
    return bundle


def ranking_in(bundle: Path) -> str:
    """As `standings --csv` prints it."""
    with zipfile.ZipFile(bundle) as archive:
        rows = [json.loads(line) for line in archive.read("ranking-1.ndjson").splitlines()]
    lines = [f"{r['rank']},{r['employee']},{r['active_contacts']}" for r in rows if r["rank"] is not None]
    return "\n".join(["rank,employee,active_contacts", *lines, ""])
