"""A bundle holds everything that checking needs, nothing that names a person, and the same bytes each time."""

import json
import subprocess
import sys
import zipfile
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from apps.audit.models import Entry
from apps.audit.signing import make_key
from apps.directory.models import Account, Employee
from tests.factories import make_campaign
from tests.integrity.bundle.stories import (
    announced_contest,
    decided_contest,
    export,
    final_contest,
    first_wrong,
    key,
)

pytestmark = pytest.mark.django_db


def read(bundle: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(bundle) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rows(bundle: Path, name: str) -> list[Any]:
    return [json.loads(line) for line in read(bundle)[name].splitlines()]


@pytest.mark.parametrize("story", [announced_contest, decided_contest, final_contest])
def test_a_bundle_holds_at_every_stage(tmp_path: Path, story: Any) -> None:
    assert first_wrong(export(story(), tmp_path, key(tmp_path))) == ""


def test_a_deadline_that_two_people_moved_is_the_one_announced(tmp_path: Path) -> None:
    bundle = export(announced_contest(later=timedelta(hours=12)), tmp_path, key(tmp_path))
    assert first_wrong(bundle) == ""
    assert rows(bundle, "rule.json")[0]["deadline"] == "2027-01-01T04:00:00+00:00"


def test_the_program_in_the_bundle_needs_neither_us_nor_a_library(tmp_path: Path) -> None:
    signer = key(tmp_path)
    bundle, folder = export(final_contest(), tmp_path, signer), tmp_path / "unpacked"
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(folder)
    alone = [sys.executable, "-S", "-E", "verify.py"]  # no site-packages
    for arguments in ([], [str(bundle), "--key", signer.public]):
        done = subprocess.run([*alone, *arguments], cwd=folder, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.endswith("Everything holds.\n")
        assert "Result version 6: ranked again, all 5 lines agree." in done.stdout
    (folder / "awards.ndjson").write_text("{}\n")
    done = subprocess.run(alone, cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "WRONG: awards.ndjson, line 1: is not what was signed\n")


def test_the_same_state_gives_the_same_bytes_whatever_happened_elsewhere(tmp_path: Path) -> None:
    it, signer = final_contest(), key(tmp_path)
    one = export(it, tmp_path, signer, "one.zip").read_bytes()
    assert Entry.objects.latest("number").action == "evidence exported"
    assert export(it, tmp_path, signer, "two.zip").read_bytes() == one


def test_nobody_is_named_and_no_handle_is_there(tmp_path: Path) -> None:
    it = final_contest()
    content = b"\n".join(read(export(it, tmp_path, key(tmp_path))).values()).decode()
    handles = [
        *Account.objects.values_list("handle", flat=True),
        "friend0@outside.example",
        "outside.example",
    ]
    for personal in [*Employee.objects.values_list("name", flat=True), "Firstname1", *handles]:
        assert personal not in content
    assert '"employee":"E1"' in content


def test_the_results_lines_are_everybody_s(tmp_path: Path) -> None:
    bundle = export(final_contest(), tmp_path, key(tmp_path))
    found = [(r["employee"], r["rank"], r["active_contacts"]) for r in rows(bundle, "ranking-6.ndjson")]
    assert found == [("E2", 1, 5), ("E1", 2, 4), ("E3", 3, 3), ("E4", 4, 2), ("E5", None, 0)]
    assert [row["version"] for row in rows(bundle, "results.ndjson")] == [1, 2, 3, 4, 5, 6]


def test_tax_is_written_out_in_both_languages(tmp_path: Path) -> None:
    bundle = export(final_contest(), tmp_path, key(tmp_path))
    *_others, first = amounts = rows(bundle, "tax.ndjson")
    assert [row["net"] for row in amounts] == ["10000.00", "20000.00", "100000.00"]
    assert first["steps"]["en"][0] == "Promised after tax: 100,000.00 CNY."
    assert len(first["steps"]["zh-hans"]) == len(first["steps"]["en"])


def answer(*arguments: object) -> str:
    out = StringIO()
    call_command("export_evidence", *map(str, arguments), stdout=out, stderr=StringIO())
    return out.getvalue()


def test_the_command_says_what_it_wrote(tmp_path: Path) -> None:
    it = announced_contest()
    make_key(tmp_path / "key.pem")
    with override_settings(EVIDENCE_KEY_FILE=str(tmp_path / "key.pem")):
        said = answer(it.campaign.slug, tmp_path / "out.zip")
        assert said.startswith(f"Evidence of year-end in {tmp_path / 'out.zip'}, SHA-256 ")
        with pytest.raises(CommandError, match="is there already; name a new file"):
            answer(it.campaign.slug, tmp_path / "out.zip")


@pytest.mark.parametrize(
    ("slug", "file", "why"),
    [
        ("other", "out.zip", "There is no campaign other."),
        ("running", "out.zip", "Campaign running is running; there is evidence once its result is sealed."),
        ("running", "none/out.zip", "is no folder; make it first."),
    ],
)
def test_what_cannot_be_exported_is_refused_and_leaves_nothing(
    tmp_path: Path, slug: str, file: str, why: str
) -> None:
    make_campaign(slug="running")
    make_key(tmp_path / "key.pem")
    with (
        override_settings(EVIDENCE_KEY_FILE=str(tmp_path / "key.pem")),
        pytest.raises(CommandError, match=why),
    ):
        answer(slug, tmp_path / file)
    assert [path.name for path in tmp_path.iterdir()] == ["key.pem"]
