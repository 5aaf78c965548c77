"""The second factor: setting it up, giving it, losing it; and that no role works without."""

import re
import time
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from apps.audit.models import Entry
from apps.directory.models import User
from tests.factories import make_employee, make_user
from tests.leaderboard.scene import make_contest, make_member
from tests.sign_in.provider import Provider

pytestmark = pytest.mark.django_db
WORD = "a long password"


@pytest.fixture(autouse=True)
def _required(settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = True


def enter(user: User, *, to: str = "/") -> tuple[Client, str]:
    """A new browser after the password, and where it was led."""
    client = Client()
    answer = client.post("/sign-in/", {"username": user.username, "password": WORD, "next": to})
    return client, answer.headers["Location"]


def code(secret: str, steps: int = 0) -> str:
    """What the app shows now, or a number of half minutes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def set_up(client: Client) -> tuple[str, list[str]]:
    """The secret and the recovery codes of somebody who sets up a phone."""
    page = client.get("/second-factor/set-up/").content.decode()
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', page)
    assert secret is not None
    key = secret[1].replace(" ", "")
    answer = client.post("/second-factor/set-up/", {"code": code(key)})
    assert answer.headers["Location"] == "/second-factor/codes/", answer.content.decode()
    codes = re.findall(r"<li>(\d{8})</li>", client.get("/second-factor/codes/").content.decode())
    assert len(codes) == 10
    return key, codes


def acts() -> list[str]:
    return list(Entry.objects.order_by("number").values_list("action", flat=True))


@pytest.mark.parametrize("role", ["HR", "auditor", "administrator"])
def test_whoever_has_a_role_is_led_to_setting_it_up_first(role: str) -> None:
    user = make_member(role)
    client, led_to = enter(user, to="/admin/")
    assert led_to == "/second-factor/needed/?next=%2Fadmin%2F"
    assert client.get(led_to).headers["Location"] == "/second-factor/set-up/?next=%2Fadmin%2F"
    page = client.get("/second-factor/set-up/?next=%2Fadmin%2F").content.decode()
    assert "<svg" in page
    set_up(client)
    assert client.get("/admin/").status_code == 200
    assert acts() == ["signed in", "second factor added"]


def test_a_superuser_without_a_group_needs_it_too() -> None:
    client, led_to = enter(make_user(is_superuser=True, is_staff=True))
    assert led_to.startswith("/second-factor/needed/")
    assert client.get("/admin/").headers["Location"] == "/second-factor/needed/?next=%2Fadmin%2F"


OF_ROLES = ["/admin/", "/admin/directory/user/", "/admin/campaigns/campaign/", "/console/"]
OF_ROLES += ["/here/", "/?all", "/here/?view=live", "/here/employees/{number}/"]


@pytest.mark.parametrize("path", OF_ROLES)
@pytest.mark.parametrize("role", ["HR", "auditor"])
def test_no_page_that_asks_about_the_role_opens_without_it(path: str, role: str) -> None:
    contest = make_contest([9, 8], slug="here")
    address = path.format(number=contest.employees[0].number)
    client = Client()
    client.force_login(make_member(role))
    answer = client.get(address)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/second-factor/needed/?next=")
    assert client.post(address, {"reason": "a reason long enough"}).status_code in (302, 405)


@pytest.mark.parametrize(
    "path", ["campaigns/", "campaigns/here/", "campaigns/here/board/", "campaigns/here/what-ifs/"]
)
def test_the_api_says_what_is_missing(path: str) -> None:
    make_contest([9, 8], slug="here")
    client = Client()
    client.force_login(make_member("HR"))
    answer = client.get(f"/api/v1/{path}")
    assert (answer.status_code, answer.json()["detail"]) == (
        403, "Your role needs a second factor at sign-in; set it up in the browser.",
    )  # fmt: skip


def test_an_employee_without_a_role_is_asked_for_nothing() -> None:
    contest = make_contest([9, 8], slug="here")
    client, led_to = enter(make_user(employee=contest.employees[0]), to="/here/")
    assert led_to == "/here/"
    assert client.get("/here/").status_code == 200


def test_a_role_given_during_a_session_rests_until_the_factor_is_there() -> None:
    contest = make_contest([9, 8], slug="here")
    user = make_user(employee=contest.employees[0])
    client, _ = enter(user)
    user.groups.set(make_member("HR").groups.all())
    assert client.get("/admin/").headers["Location"].startswith("/second-factor/needed/")


def test_the_next_sign_in_asks_for_a_code() -> None:
    user = make_member("HR")
    first, _ = enter(user)
    secret, _ = set_up(first)
    client, led_to = enter(user, to="/admin/")
    assert led_to == "/sign-in/code/"
    assert client.get("/?all").headers["Location"].startswith("/sign-in/?")  # not signed in yet
    wrong = client.post("/sign-in/code/", {"code": "000000"})
    assert (wrong.status_code, "The code is not right" in wrong.content.decode()) == (200, True)
    assert client.post("/sign-in/code/", {"code": code(secret, 1)}).headers["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_a_code_works_once() -> None:
    user = make_member("HR")
    secret, _ = set_up(enter(user)[0])
    word = code(secret, 1)
    for works in (True, False):
        client, _ = enter(user)
        assert (client.post("/sign-in/code/", {"code": word}).status_code == 302) is works


def test_codes_cannot_be_tried_without_end_nor_in_another_session() -> None:
    user = make_member("HR")
    secret, _ = set_up(enter(user)[0])
    for _ in range(5):
        enter(user)[0].post("/sign-in/code/", {"code": "000000"})
    client, _ = enter(user)
    page = client.post("/sign-in/code/", {"code": code(secret, 1)}).content.decode()
    assert "Too many failed login attempts" in page
    assert acts().count("sign-in failed") == 1


def test_a_recovery_code_stands_in_for_the_phone_once() -> None:
    user = make_member("HR")
    _, codes = set_up(enter(user)[0])
    for works in (True, False):
        client, _ = enter(user, to="/admin/")
        assert (client.post("/sign-in/code/", {"code": codes[0]}).status_code == 302) is works
        assert (client.get("/admin/").status_code == 200) is works
    assert acts().count("recovery code used") == 1


def test_recovery_codes_are_shown_once() -> None:
    client, _ = enter(make_member("HR"))
    _, codes = set_up(client)
    page = client.get("/second-factor/codes/").content.decode()
    assert "cannot be shown again" in page
    assert codes[0] not in page
    answer = client.post("/second-factor/codes/new/")
    assert answer.headers["Location"] == "/second-factor/codes/"
    assert codes[0] not in client.get("/second-factor/codes/").content.decode()
    assert acts()[-1] == "recovery codes made anew"


def test_through_the_companys_sign_in_it_is_asked_for_as_well(provider: Provider) -> None:
    user = make_member("HR", employee=make_employee(number="E1"))
    provider.knows("u1", employee_number="E1")
    client = Client()
    assert (
        provider.sign_in(client, "u1", to="/admin/").headers["Location"]
        == "/second-factor/needed/?next=%2Fadmin%2F"
    )
    secret, _ = set_up(client)
    client = Client()
    assert provider.sign_in(client, "u1", to="/admin/").headers["Location"] == "/sign-in/code/"
    assert client.post("/sign-in/code/", {"code": code(secret, 1)}).headers["Location"] == "/admin/"
    assert (
        Entry.objects.filter(action="signed in", details={"by": "company"}, actor=user.username).count() == 2
    )


def test_no_secret_is_in_the_database_in_clear() -> None:
    client, _ = enter(make_member("HR"))
    client.get("/second-factor/set-up/")
    waiting = client.session["second_factor_pending"]
    secret, codes = set_up(client)
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(data::text, ' ') FROM mfa_authenticator")
        (kept,) = cursor.fetchone()
        cursor.execute("SELECT string_agg(details::text, ' ') FROM audit_entry")
        (written,) = cursor.fetchone()
    assert waiting.startswith("gAAAA")
    assert "second_factor_pending" not in client.session
    for word in (secret, *codes):
        assert word not in kept + written + str(dict(client.session))


def test_with_another_secret_key_nothing_opens(settings: Any) -> None:
    user = make_member("HR")
    secret, _ = set_up(enter(user)[0])
    settings.SECRET_KEY = "quite another key, long enough for everybody"
    client, _ = enter(user)
    answer = client.post("/sign-in/code/", {"code": code(secret, 1)})
    assert "Ask an administrator to reset it" in answer.content.decode()
    assert client.get("/admin/").status_code == 302


def test_changing_it_wants_a_sign_in_of_just_now(monkeypatch: pytest.MonkeyPatch) -> None:
    client, _ = enter(make_member("HR"))
    set_up(client)
    session = client.session
    session["signed_in_at"] -= 601
    session.save()
    for path in ("codes/", "codes/new/", "remove/"):
        answer = client.get(f"/second-factor/{path}")
        assert (
            answer.headers["Location"]
            == f"/sign-in/again/?next=%2Fsecond-factor%2F{path.replace('/', '%2F')}"
        )
    assert client.post("/second-factor/codes/new/").headers["Location"].startswith("/sign-in/again/")
    answer = client.post("/sign-in/again/", {"next": "/second-factor/codes/new/"})
    assert answer.headers["Location"] == "/sign-in/?next=/second-factor/codes/new/"
    assert "_auth_user_id" not in client.session


def test_whose_role_needs_it_cannot_remove_it() -> None:
    client, _ = enter(make_member("HR"))
    set_up(client)
    assert "Your role needs it" in client.get("/second-factor/remove/").content.decode()
    client.post("/second-factor/remove/")
    assert Authenticator.objects.count() == 2


def test_an_employee_may_have_one_and_remove_it() -> None:
    user = make_user(employee=make_employee())
    client, _ = enter(user)
    set_up(client)
    assert enter(user)[1] == "/sign-in/code/"
    client.post("/second-factor/remove/")
    assert not Authenticator.objects.exists()
    assert acts() == ["second factor added", "second factor removed"]
    assert enter(user)[1] == "/"


def administrator() -> Client:
    client, _ = enter(make_member("administrator"))
    set_up(client)
    return client


def reset_page(user: User) -> str:
    return reverse("admin:directory_user_reset_second_factor", args=[user.pk])


def test_an_administrator_resets_it_and_sessions_lose_what_it_opened() -> None:
    user = make_member("HR")
    lost, _ = enter(user)
    set_up(lost)
    page = administrator().post(reset_page(user), {"reason": "He stood before me."}, follow=True)
    assert f"The second factor of {user} was reset." in page.content.decode()
    assert lost.get("/admin/").headers["Location"].startswith("/second-factor/needed/")
    assert enter(user)[1].startswith("/second-factor/needed/")
    entry = Entry.objects.filter(action="second factor reset").get()
    assert (entry.subject, entry.details) == (f"user {user}", {"reason": "He stood before me."})


def test_a_new_phone_does_not_revive_sessions_of_the_lost_one() -> None:
    user = make_member("HR")
    lost, _ = enter(user)
    set_up(lost)
    administrator().post(reset_page(user), {"reason": "He stood before me."})
    set_up(enter(user)[0])
    assert lost.get("/admin/").headers["Location"].startswith("/second-factor/needed/")


def test_nobody_resets_their_own_nor_an_administrator_a_superusers() -> None:
    me = make_member("administrator")
    client, _ = enter(me)
    set_up(client)
    boss = make_user(is_superuser=True)
    set_up(enter(boss)[0])
    for user in (me, boss):
        page = client.post(reset_page(user), {"reason": "I want it gone."}).content.decode()
        assert "ask somebody else" in page
    assert Authenticator.objects.count() == 4


def test_hr_and_auditors_reset_nobodys() -> None:
    user = make_member("auditor")
    set_up(enter(user)[0])
    for role in ("HR", "auditor"):
        client, _ = enter(make_member(role))
        set_up(client)
        assert client.post(reset_page(user), {"reason": "I want it gone."}).status_code == 403


def test_the_command_is_the_last_resort() -> None:
    user = make_user("first", is_superuser=True)
    set_up(enter(user)[0])
    said = StringIO()
    call_command("reset_second_factor", "first", reason="The only phone fell into the sea.", stdout=said)
    assert said.getvalue() == "The second factor of first was reset.\n"
    assert (acts()[-1], Entry.objects.latest("number").actor) == ("second factor reset", "system")
    for name, complaint in (("first", "has no second factor"), ("nobody", "There is no sign-in nobody")):
        with pytest.raises(CommandError, match=complaint):
            call_command("reset_second_factor", name, reason="Again.")


@pytest.mark.parametrize("path", ["set-up/", "codes/", "codes/new/", ""])
def test_pages_with_secrets_are_kept_by_no_cache_and_have_nothing_inline(path: str) -> None:
    client, _ = enter(make_member("HR"))
    if path != "set-up/":
        set_up(client)
    answer = client.get(f"/second-factor/{path}")
    assert "no-store" in answer.headers["Cache-Control"]
    assert "img-src" not in answer.headers["Content-Security-Policy"]
    page = answer.content.decode()
    assert answer.status_code == 200
    for word in ("style=", "<script", "http://", "data:"):
        assert word not in page
