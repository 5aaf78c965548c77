from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from apps.directory.models import Account, AccountOwner, DepartmentMembership
from bonus_tracker import clock
from tests.directory.helpers import HEADER, NOW, csv, directory, periods

pytestmark = pytest.mark.django_db


def run(path: Path, *options: str) -> list[str]:
    out = StringIO()
    with clock.showing(NOW):
        call_command("import_employees", str(path), *options, stdout=out)
    return out.getvalue().splitlines()


def write(path: Path, *lines: str, header: str = HEADER) -> Path:
    path.write_bytes(csv(*lines, header=header))
    return path


def test_a_dry_run_shows_the_same_diff_and_changes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "staff.csv", "E001,Li Na,Sales,li.na,2026-01-05,,Main")
    before = directory()
    shown = run(path, "--dry-run")
    assert directory() == before
    assert shown[-1] == (
        "Dry run, nothing was changed; it would be: "
        "1 new department, 1 new legal entity, 1 new employee, 1 change of an account."
    )
    done = run(path)
    assert done[:-1] == shown[:-1]
    assert (
        done[-1] == "Changed: 1 new department, 1 new legal entity, 1 new employee, 1 change of an account."
    )
    assert run(path) == ["Nothing changes: the directory already says all of this."]


def test_what_changes_is_counted_in_english_and_chinese(tmp_path: Path) -> None:
    lines = ["E001,Li Na,Sales,li.na,2026-01-05,,Main", "E002,Ma Li,Sales / East,,2026-01-05,,Main"]
    path = write(tmp_path / "staff.csv", *lines)
    shown = run(path, "--dry-run")
    assert [line for line in shown[:-1] if line[0] not in "+~-!"] == [
        "New departments: 2",
        "New legal entities: 1",
        "New employees: 2",
        "Changes of accounts: 1",
    ]
    said = "2 new departments, 1 new legal entity, 2 new employees, 1 change of an account."
    assert shown[-1].endswith(f"it would be: {said}")
    with translation.override("zh-hans"):
        shown = run(path, "--dry-run")
        assert shown[0] == "新部门：2"
        assert shown[-1].endswith("2 个新部门、1 个新法人实体、2 名新员工、1 项账号变更.")


def test_a_long_diff_is_cut_after_fifty_lines_of_a_kind(tmp_path: Path) -> None:
    shown = run(write(tmp_path / "staff.csv", *(f"E{n:03},,,,2026-01-05,," for n in range(63))))
    assert shown[0] == "New employees: 63"
    assert len(shown) == 1 + 50 + 1 + 1
    assert shown[-2:] == ["and 13 more", "Changed: 63 new employees."]


def test_effective_and_platform_are_options(tmp_path: Path) -> None:
    line = "E001,Li Na,{},li.na,2026-01-05,,"
    run(write(tmp_path / "staff.csv", line.format("Sales")), "--platform", "wecom")
    assert Account.objects.get().platform == "wecom"
    run(write(tmp_path / "staff.csv", line.format("Lab")), "--platform=wecom", "--effective=2026-12-01")
    assert periods(DepartmentMembership, "E001") == ["Sales 2026-01-05..2026-11-30", "Lab 2026-12-01.."]
    assert AccountOwner.objects.count() == 1


@pytest.mark.parametrize("option", ["--effective=tomorrow", "--platform=we:com"])
def test_a_wrong_option_is_one_sentence(tmp_path: Path, option: str) -> None:
    with pytest.raises(
        CommandError, match=r"is “tomorrow”, not a date|the platform “we:com” is not"
    ) as caught:
        run(write(tmp_path / "staff.csv", "E001,,,a,2026-01-05,,"), option)
    assert str(caught.value).count("\n") == 0
    assert directory()["employees"] == []


@pytest.mark.parametrize(("name", "reason"), [("missing.csv", "No such file"), (".", "Is a directory")])
def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises(CommandError, match=reason) as caught:
        run(tmp_path / name)
    assert str(caught.value).count("\n") == 0


def test_one_problem_is_one_sentence(tmp_path: Path) -> None:
    path = write(tmp_path / "staff.csv", "E001,,,a,today,,")
    with pytest.raises(CommandError) as caught:
        run(path)
    assert str(caught.value) == (
        f"Nothing was imported from {path}: line 2: hired_on is “today”, not a date such as 2026-01-31."
    )


def test_twenty_problems_are_told_and_the_others_counted(tmp_path: Path) -> None:
    path = write(tmp_path / "staff.csv", *(f"E{n:03},,,,never,," for n in range(23)))
    with pytest.raises(CommandError) as caught:
        run(path, "--dry-run")
    lines = str(caught.value).splitlines()
    assert lines[0] == f"Nothing was imported from {path}; correct these 23 problems:"
    assert lines[20] == "line 21: hired_on is “never”, not a date such as 2026-01-31"
    assert lines[21:] == ["and 3 more"]
