"""Saying no is one line in the log, and one's own password is changed in one place."""

import logging

import pytest
from django.test import Client

from tests.admin.scene import Scene, page, sign_in
from tests.factories import make_user


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["nobody", "administrator"])
def test_a_refusal_is_one_line_without_a_traceback(
    client: Client, scene: Scene, role: str, caplog: pytest.LogCaptureFixture
) -> None:
    if role == "nobody":
        client.force_login(make_user())
    else:
        sign_in(client, role)
    with caplog.at_level(logging.INFO):
        response = client.get(page("awards_award_changelist"), follow=True)
    assert response.status_code == 403
    assert "This is not for you to see or do" in response.content.decode()
    refusals = [record for record in caplog.records if record.name == "django.request"]
    assert [(record.levelname, record.exc_info) for record in refusals] == [("WARNING", None)]
    assert refusals[0].getMessage().startswith("Forbidden: /admin/")


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/admin/password_change/", "/admin/password_change/done/"])
def test_ones_own_password_is_changed_where_it_is_audited(client: Client, scene: Scene, address: str) -> None:
    sign_in(client, "HR")
    for method in (client.get, client.post):
        assert method(address).headers["Location"] == "/password/"


@pytest.mark.django_db
def test_an_empty_list_offers_all_only_when_something_was_left_out(client: Client) -> None:
    sign_in(client, "auditor")
    address = page("ranking_result_changelist")
    assert ">Show all<" not in client.get(address).content.decode()
    assert ">Show all<" in client.get(address, {"q": "year-end"}).content.decode()
