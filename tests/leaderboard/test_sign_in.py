"""Signing in and out, the language, and pages for what goes wrong."""

from runpy import run_path

import pytest
from django.test import Client

from apps.audit.models import Entry
from tests.factories import make_user
from tests.leaderboard.scene import make_member

pytestmark = pytest.mark.django_db


def test_signing_in_leads_to_where_one_wanted_to_go():
    make_user("ann")
    client = Client()
    wanted = client.get("/?all").headers["Location"]
    response = client.post(wanted, {"username": "ann", "password": "a long password", "next": "/?all"})
    assert response.headers["Location"] == "/?all"


def test_a_wrong_password_is_said_in_words():
    response = Client().post("/sign-in/", {"username": "ann", "password": "wrong"})
    assert 'role="alert"' in response.content.decode()


def test_nobody_is_led_to_another_site():
    make_user("ann")
    form = {"username": "ann", "password": "a long password", "next": "https://elsewhere.example/"}
    assert Client().post("/sign-in/", form).headers["Location"] == "/"


def test_signing_out_needs_a_post(browse):
    client = browse(make_member())
    assert client.get("/sign-out/").status_code == 405
    client.post("/sign-out/")
    assert client.get("/").headers["Location"] == "/sign-in/?next=/"


def test_everybody_changes_their_own_password():
    make_user("ann")
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        assert client.login(username="ann", password="a long password")
    new = {"new_password1": "quite another one", "new_password2": "quite another one"}
    assert here.post("/password/", new | {"old_password": "wrong"}).status_code == 200
    assert Client().login(username="ann", password="a long password")
    page = here.post("/password/", new | {"old_password": "a long password"}, follow=True)
    assert "Your password was changed." in page.content.decode()
    assert elsewhere.get("/?all").headers["Location"] == "/sign-in/?next=/%3Fall"
    assert Client().login(username="ann", password="quite another one")
    entry = Entry.objects.latest("number")
    assert (entry.actor, entry.action, entry.subject, entry.details) == (
        "ann",
        "user password changed",
        "user ann",
        {},
    )


def test_the_language_is_remembered_for_a_year(browse):
    client = browse(make_member())
    cookie = client.post("/language/", {"language": "zh-hans"}).cookies["django_language"]
    assert int(cookie["max-age"]) >= 300 * 86_400
    assert '<html lang="zh-hans">' in client.get("/?all").content.decode()


@pytest.mark.parametrize("https", ["true", "false"])
def test_under_https_every_cookie_is_secure(browse, monkeypatch, settings, https):
    monkeypatch.setenv("HTTPS", https)
    for name, value in run_path(settings.BASE_DIR / "bonus_tracker/settings.py").items():
        if name.endswith("_COOKIE_SECURE"):
            setattr(settings, name, value)
    client = browse(make_member())
    client.get("/?all")
    client.post("/language/", {"language": "zh-hans"})
    client.post("/sign-in/", {"username": make_user().username, "password": "a long password"})
    secure = {name: bool(cookie["secure"]) for name, cookie in client.cookies.items()}
    assert secure == dict.fromkeys(["csrftoken", "django_language", "sessionid"], https == "true")


def test_what_is_not_there_has_a_page_with_a_way_back(browse):
    response = browse(make_member()).get("/no-such-campaign/")
    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()


def test_every_page_has_landmarks_a_title_and_a_way_past_the_head(browse):
    html = browse(make_member()).get("/?all").content.decode()
    for part in (
        'class="skip" href="#main"',
        '<main id="main"',
        "<header",
        "<nav",
        "<footer",
        "<title>Campaigns",
    ):
        assert part in html


def test_an_address_with_a_nul_is_one_line_in_the_log(browse, caplog):
    assert browse(make_member()).get("/%00/").status_code == 400
    assert [(record.getMessage(), record.exc_info) for record in caplog.records] == [
        ("Bad Request: /\\x00/", None)
    ]
