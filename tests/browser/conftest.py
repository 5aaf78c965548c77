"""The pages in Debian's Chromium, against a server in a thread of the tests."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.frontend import CompileCatalog
from django.core.cache import cache
from django.utils.translation import trans_real
from playwright.sync_api import Browser, sync_playwright

from bonus_tracker import clock
from tests.browser.company import NOW, Company, make_company
from tests.browser.visitor import Visitor
from tests.patience import SAFETY_SECONDS
from tests.sign_in.provider import provider, running_provider  # noqa: F401 (fixtures)

pytest.register_assert_rewrite("tests.browser.story")  # chapters say what was expected, as tests do
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LOCALE = Path(__file__).parent.parent.parent / "locale"
HAS_CHROMIUM = Path(CHROMIUM).exists()  # decided when tests are collected
collect_ignore_glob = [] if HAS_CHROMIUM else ["test_*.py"]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if not HAS_CHROMIUM:  # the header stays silent with -q
        terminalreporter.write_line(
            "tests/browser was not collected: there is no Chromium here (Debian: apt-get install chromium)."
        )


@pytest.fixture(scope="package", autouse=True)
def _compiled_catalogues() -> None:
    """As `make install` compiles them."""
    for source in LOCALE.glob("*/LC_MESSAGES/django.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            command = CompileCatalog()
            command.domain, command.directory = ["django"], str(LOCALE)
            command.ensure_finalized()
            command.run()
            trans_real._translations.clear()  # type: ignore[attr-defined]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright's loop runs in this thread, and Django would refuse the database because of it.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=ARGUMENTS, timeout=SAFETY_SECONDS * 1000
        )
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def _october(settings: Any) -> Iterator[None]:
    """The present, and a cache of one's own: rows of another test's run must not be met here."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    with clock.showing(NOW):
        yield
    cache.clear()


@pytest.fixture
def company(transactional_db: None) -> Company:
    return make_company()


@pytest.fixture
def visit(browser: Browser, live_server: Any, tmp_path: Path) -> Iterator[Callable[..., Visitor]]:
    """Opens a browser of somebody's own; whatever its pages complain about fails the test at the end."""
    visitors: list[Visitor] = []

    def come(**options: Any) -> Visitor:
        visitors.append(Visitor.come(browser, live_server.url, tmp_path, **options))
        return visitors[-1]

    yield come
    complaints = [complaint for visitor in visitors for complaint in visitor.leave()]
    assert complaints == []
