"""What an operator copies agrees with the program."""

import configparser
import re
from pathlib import Path

import pytest
from django.urls import resolve

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
UNITS = {path.stem: path for path in sorted((DEPLOY / "systemd").glob("*.service"))}


def test_each_process_of_the_documentation_has_a_unit() -> None:
    assert set(UNITS) == {"bonus-tracker-web", "bonus-tracker-worker", "bonus-tracker-beat"}


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_runs_what_the_documentation_says(name: str) -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[method-assign, assignment]
    unit.read(UNITS[name])
    command = unit["Service"]["ExecStart"].removeprefix("/opt/bonus-tracker/.venv/bin/")
    documented = re.findall(r"`((?:granian|celery) [^`]+)`", OPERATIONS)
    plain = re.sub(r" --(uds|uds-permissions) \S+| --pidfile=", "", command)
    assert plain in documented
    assert unit["Service"]["EnvironmentFile"] == "/etc/bonus-tracker.env"


def test_every_variable_of_the_example_is_documented() -> None:
    lines = (DEPLOY / "bonus-tracker.env").read_text().splitlines()
    names = {line.partition("=")[0] for line in lines if line and not line.startswith("#")}
    assert {name for name in names if f"`{name}`" not in OPERATIONS} == set()


def test_attempts_are_limited_where_people_sign_in() -> None:
    [places] = re.findall(r"location ~ \^/\(([^)]+)\)/", (DEPLOY / "nginx.conf").read_text())
    assert {resolve(f"/{place}/").view_name for place in places.split("|")} == {
        "login",
        "admin:login",
        "own-password",
    }
