"""How these tests say what a file says, and read back what the directory holds."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from apps.directory.diff import Diff
from apps.directory.importing import import_employees
from apps.directory.models import (
    Account,
    AccountOwner,
    Department,
    DepartmentMembership,
    Employee,
    Employment,
    EntityMembership,
    Group,
    GroupMembership,
    LegalEntity,
)
from apps.directory.records import DirectoryError

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)  # noon in Shanghai
TODAY = date(2026, 11, 22)
HEADER = "number,name,department,handle,hired_on,left_on,entity"
DATED: dict[Any, str] = {
    Employment: "",
    DepartmentMembership: "department__path",
    EntityMembership: "entity__name",
    GroupMembership: "group__name",
    AccountOwner: "account__handle",
}


def csv(*lines: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *lines, ""]).encode()


def take_in(*lines: str, header: str = HEADER, effective: date = TODAY, dry_run: bool = False) -> Diff:
    return import_employees(
        csv(*lines, header=header),
        platform="im",
        effective=effective,
        actor="hana",
        now=NOW,
        dry_run=dry_run,
    )


def refused(*lines: str, header: str = HEADER) -> list[tuple[int, str]]:
    """The problems by line; also checks that nothing was changed."""
    before = directory()
    with pytest.raises(DirectoryError) as caught:
        take_in(*lines, header=header)
    assert directory() == before
    return [(problem.line, problem.text) for problem in caught.value.problems]


def report(diff: Diff) -> list[str]:
    """The lines of a diff without its headings."""
    return [line for line in diff.report() if line[0] in "+~-!"]


def periods(model: Any, number: str) -> list[str]:
    """Such as ["Sales 2026-01-05..", ...], by first day."""
    value = DATED[model]
    rows = model.objects.filter(employee__number=number).order_by("starts_on", *filter(None, [value]))
    columns = ["starts_on", "ends_on", *filter(None, [value])]
    return [
        " ".join([*map(str, text), f"{start}..{end or ''}"])
        for start, end, *text in rows.values_list(*columns)
    ]


def directory() -> dict[str, list[tuple[Any, ...]]]:
    """Everything the directory holds, without the numbers of rows."""
    held = {
        "employees": list(Employee.objects.order_by("number").values_list("number", "name")),
        "departments": list(Department.objects.order_by("path").values_list("path", "parent__path", "name")),
        "entities": list(LegalEntity.objects.order_by("name").values_list("name")),
        "groups": list(Group.objects.order_by("name").values_list("name")),
        "accounts": list(
            Account.objects.order_by("pk").values_list("pk", "platform", "handle", "is_company")
        ),
    }
    for model, value in DATED.items():
        columns = ["employee__number", "starts_on", "ends_on", *filter(None, [value])]
        held[model.__name__] = list(model.objects.order_by(*columns).values_list(*columns))
    return held


def clear() -> None:
    """Empty the directory, between two examples of one test."""
    everything: Iterable[Any] = (*DATED, Account, Employee, LegalEntity, Group)
    for model in everything:
        model.objects.all().delete()
    Department.objects.update(parent=None)
    Department.objects.all().delete()
