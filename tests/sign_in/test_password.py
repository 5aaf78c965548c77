"""Signing in by password: the limits on guessing, with Redis and without, and sessions of who has left."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache.backends.redis import RedisCache
from django.test import Client
from django.urls import URLPattern, get_resolver

from apps.audit.models import Entry
from apps.directory.models import Employment, User
from apps.sign_in import limits
from apps.sign_in.sql import find_user
from bonus_tracker import clock
from tests.factories import make_employee, make_user
from tests.leaderboard.scene import NOW, TODAY, YESTERDAY, make_member
from tests.leaderboard.test_access import patterns

pytestmark = pytest.mark.django_db
RIGHT = "a long password"
OTHER_WAYS = [
    "signup/",
    "login/",
    "email/",
    "password/reset/",
    "password/set/",
    "3rdparty/",
    "2fa/",
    "inactive/",
]
OTHER_WAYS += ["login/code/", "confirm-email/", "reauthenticate/", "social/signup/", "oidc/company/login/"]


def enter(username: str, word: str = RIGHT, **headers: str) -> tuple[int, str]:
    """Status and page of signing in with a new browser."""
    answer = Client().post("/sign-in/", {"username": username, "password": word}, **headers)
    return answer.status_code, answer.content.decode()


def test_after_five_wrong_passwords_even_the_right_one_waits() -> None:
    make_user("ann")
    make_user("ben")
    for _ in range(5):
        assert "correct username and password" in enter("ann", "wrong")[1]
    status, page = enter("ann")
    assert (status, "Too many failed login attempts" in page) == (200, True)
    assert enter("ben")[0] == 302  # nobody else waits


def test_signing_in_well_uses_nothing_up() -> None:
    make_user("ann")
    for _ in range(8):
        assert enter("ann")[0] == 302


@pytest.fixture
def redis_is_down(settings: Any) -> None:
    settings.CACHES = {
        "default": {"BACKEND": "apps.sign_in.limits.Cache", "LOCATION": "redis://127.0.0.1:1/0"}
    }


@pytest.mark.usefixtures("redis_is_down")
def test_without_redis_people_sign_in_and_guessing_is_limited_still(caplog: pytest.LogCaptureFixture) -> None:
    user = make_user()
    assert enter(user.username)[0] == 302
    for _ in range(5):
        assert "correct username and password" in enter(user.username, "wrong")[1]
    assert "Too many failed login attempts" in enter(user.username)[1]
    assert "Redis does not answer; each web process counts failed sign-ins by itself." in caplog.text


@pytest.mark.usefixtures("redis_is_down")
def test_without_redis_nobody_pushes_out_what_is_counted_by_failing_under_many_names() -> None:
    from django.core.cache import cache

    cache.set("allauth:rl:ann", [1, 2, 3, 4, 5], 300)
    for n in range(2_000):
        cache.set(f"allauth:rl:somebody-{n}", [1], 300)
    assert cache.get("allauth:rl:ann") == [1, 2, 3, 4, 5]


@pytest.mark.usefixtures("redis_is_down")
def test_a_redis_that_is_away_is_asked_once_in_half_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that hangs answers each question after seconds."""
    asked: list[str] = []
    ask = RedisCache.add
    monkeypatch.setattr(
        RedisCache,
        "add",
        lambda self, key, *rest, **named: asked.append(key) or ask(self, key, *rest, **named),
    )
    user = make_user()
    for _ in range(3):
        assert enter(user.username)[0] == 302
    assert len(asked) == 1
    monkeypatch.setattr(limits, "AWAY_SECONDS", 0.0)
    limits._away.is_over()
    enter(user.username)
    assert len(asked) > 2


@pytest.mark.usefixtures("redis_is_down")
def test_without_redis_everything_else_that_is_cached_says_so() -> None:
    from django.core.cache import cache
    from redis.exceptions import RedisError

    with pytest.raises(RedisError):
        cache.get("board:1")


def test_a_whole_company_may_come_from_one_address() -> None:
    for n in range(40):
        make_user(f"user-{n}")
        assert enter(f"user-{n}")[0] == 302


def test_sessions_end_the_day_after_the_last_day() -> None:
    employee = make_employee()
    client = Client()
    client.force_login(make_user(employee=employee))
    Employment.objects.update(ends_on=TODAY)
    assert client.get("/?all").status_code == 200
    with clock.showing(NOW + timedelta(days=1)):
        assert client.get("/?all").headers["Location"].startswith("/sign-in/")
        assert client.get("/api/v1/campaigns/").status_code == 403


def test_the_last_day_is_the_companys_not_the_servers(settings: Any) -> None:
    """23:59 in Shanghai is the last minute; in UTC the day goes on for eight hours."""
    client = Client()
    client.force_login(make_user(employee=make_employee(left_on=TODAY)))
    midnight = NOW.replace(hour=16)
    with clock.showing(midnight - timedelta(seconds=1)):
        assert client.get("/?all").status_code == 200
    with clock.showing(midnight):
        assert client.get("/?all").status_code == 302


def test_the_database_knows_todays_date_without_being_asked_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    staying, leaving, coming = (make_user(employee=make_employee()) for _ in range(3))
    with monkeypatch.context() as patch:
        patch.setattr(clock, "_shown", [])
        present = clock.today()
        assert clock.other_today() is None
        for user, days in (
            (staying, {"ends_on": present}),
            (leaving, {"ends_on": present - timedelta(days=1)}),
        ):
            Employment.objects.filter(employee=user.employee).update(**days)
        Employment.objects.filter(employee=coming.employee).update(starts_on=present + timedelta(days=1))
        left = [find_user(user.pk, today=None).has_left for user in (staying, leaving, coming)]
    assert left == [False, True, True]


def test_a_sign_in_that_is_nobodys_and_one_that_is_not_there() -> None:
    assert find_user(make_user().pk, today=TODAY).has_left is False
    assert find_user(-1, today=TODAY) is None


def test_who_has_left_does_not_come_in_by_password_either() -> None:
    user = make_user("gone", employee=make_employee(left_on=YESTERDAY))
    status, page = enter(user.username)
    assert (status, "not employed today" in page) == (403, True)


def test_who_is_rehired_comes_in_again() -> None:
    employee = make_employee(left_on=TODAY - timedelta(days=90))
    Employment.objects.create(employee=employee, starts_on=YESTERDAY)
    user = make_user("back", employee=employee)
    assert enter(user.username)[0] == 302


@pytest.mark.parametrize("role", ["HR", "auditor", "administrator"])
def test_people_with_a_role_are_in_the_audit_log_when_they_sign_in(role: str) -> None:
    user = make_member(role)
    enter(user.username, REMOTE_ADDR="192.0.2.7")
    entry = Entry.objects.get()
    assert (entry.action, entry.actor, entry.address, entry.details) == (
        "signed in", user.username, "192.0.2.7", {"by": "password"},
    )  # fmt: skip


def test_employees_who_sign_in_are_not() -> None:
    user = make_user("ann", employee=make_employee())
    enter("ann")
    user.refresh_from_db()
    assert user.last_login is not None
    assert not Entry.objects.exists()


def test_failures_of_people_with_a_role_are_written_down_seldom_and_without_the_password() -> None:
    user = make_member("HR")
    for _ in range(4):
        enter(user.username, "a wrong secret")
    entry = Entry.objects.get()
    assert (entry.action, entry.subject, entry.details) == (
        "sign-in failed",
        f"user {user}",
        {"at": "password"},
    )
    with clock.showing(NOW + timedelta(minutes=6)):
        enter(user.username, "a wrong secret")
    assert Entry.objects.count() == 2


def test_failures_of_names_that_are_nobodys_fill_neither_log_nor_audit(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for n in range(20):
        enter(f"typed-by-mistake-{n}", "hunter22")
    assert caplog.text.count("A sign-in failed") == 1
    assert "typed-by-mistake" not in caplog.text
    assert "hunter22" not in caplog.text
    assert not Entry.objects.exists()


def test_no_other_way_in_of_the_library_is_there() -> None:
    """Sign-up, mail addresses, resets, connections: their pages do not exist, whatever the address."""
    modules = {
        pattern.callback.__module__
        for pattern in patterns(get_resolver())
        if isinstance(pattern, URLPattern) and pattern.callback
    }
    assert [name for name in modules if name.startswith("allauth")] == []
    for path in OTHER_WAYS:
        for prefix in ("", "/accounts", "/sign-in", "/second-factor"):
            assert Client().get(f"{prefix}/{path}").status_code in (302, 404), (
                path
            )  # 302: an unknown campaign's page
            assert Client().post(f"{prefix}/{path}").status_code in (302, 403, 404, 405), path
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "path", ["sign-in/", "second-factor/set-up/", "second-factor/codes/new/", "second-factor/remove/"]
)
def test_every_form_wants_its_token(path: str) -> None:
    user = make_user("ann")
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    assert client.post(f"/{path}", {"username": "ann", "password": RIGHT, "code": "1"}).status_code == 403
