"""Everybody's own line, to keep, and to check against the evidence later."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from apps.campaigns.lifecycle import leave_contest
from apps.campaigns.models import Campaign
from apps.directory.models import Employee
from tests.factories import START, make_employee, make_user
from tests.integrity.bundle.stories import announced_contest, export, final_contest, first_wrong, key

pytestmark = pytest.mark.django_db


def signed_in(employee: Employee) -> Client:
    client = Client()
    client.force_login(make_user(employee=employee))
    return client


def downloaded(employee: Employee, folder: Path) -> Path:
    answer = signed_in(employee).get("/year-end/me/receipt/")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="receipt-year-end-')
    path = folder / "receipt.json"
    path.write_bytes(answer.content)
    return path


def changed(path: Path, **values: Any) -> Path:
    content = json.loads(path.read_bytes())
    line = content["line"] | values.pop("line", {})
    new = path.with_name("changed.json")
    new.write_text(json.dumps(content | {"line": line} | values))
    return new


def test_every_receipt_is_in_the_bundle_even_of_who_has_no_contact(tmp_path: Path) -> None:
    it = final_contest()
    bundle = export(it, tmp_path, key(tmp_path))
    for employee in it.employees:
        path = downloaded(employee, tmp_path)
        assert json.loads(path.read_bytes())["line"]["employee"] == employee.number
        assert first_wrong(bundle, receipt=path) == ""


def test_a_receipt_that_the_bundle_does_not_bear_out_is_refused(tmp_path: Path) -> None:
    it = final_contest()
    bundle, path = export(it, tmp_path, key(tmp_path)), downloaded(it.employees[0], tmp_path)
    for values, why in [
        ({"line": {"active_contacts": 9}}, "its proof does not lead to its root"),
        ({"index": 0}, "its proof does not lead to its root"),
        ({"version": 9}, "the bundle has no version 9"),
        ({"version": 1}, "is not the line of the receipt"),
        ({"sha256": "0" * 64}, "is of another version 6 than the bundle's"),
        ({"campaign": "other"}, "is of another campaign or format"),
        ({"proof": ["zz"]}, "is no receipt"),
        ({"root": 7}, "its proof does not lead to its root"),
        ({"index": "first"}, "is no receipt"),
    ]:
        assert why in first_wrong(bundle, receipt=changed(path, **values)), values
    assert "is no receipt" in first_wrong(bundle, receipt=tmp_path / "none.json")


def test_a_receipt_of_an_earlier_version_still_holds(tmp_path: Path) -> None:
    it = announced_contest()
    path = downloaded(it.employees[0], tmp_path)
    assert first_wrong(export(it, tmp_path, key(tmp_path)), receipt=path) == ""


def test_there_is_none_for_who_does_not_take_part_or_is_no_employee(tmp_path: Path) -> None:
    outsider = make_employee()
    it = announced_contest(before_the_end=lambda _all: leave_contest(Campaign.objects.get(), outsider, START))
    assert signed_in(outsider).get("/year-end/me/receipt/").status_code == 404
    hr = Client()
    hr.force_login(make_user())
    assert hr.get("/year-end/me/receipt/").status_code == 404
    page = signed_in(it.employees[0]).get("/year-end/me/").content.decode()
    assert "/year-end/me/receipt/" in page


@pytest.mark.parametrize("people", [3, 30])
def test_a_receipt_costs_the_same_queries_at_any_size(people: int, django_assert_num_queries: Any) -> None:
    it = announced_contest(tuple([1] * people))
    client = signed_in(it.employees[0])
    client.get("/year-end/me/")
    cache.clear()  # the session is read from the database
    with django_assert_num_queries(9):
        assert client.get("/year-end/me/receipt/").status_code == 200
