import os
import re
import secrets
import signal
import socket
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from apps.audit.signing import signer
from apps.demo import live
from apps.demo.databases import Place, own_place, remove
from apps.demo.processes import environment_of
from tests.demo.running import (
    arguments,
    begin_demo,
    databases,
    make_database,
    processes_of,
    wait_for,
    wait_for_the_end,
)
from tests.faults.companies import at_database
from tests.patience import SAFETY_SECONDS


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[tuple[int, Path, str]]:
    """(pid, VAR_DIR, address) of a demo whose first page can be seen."""
    process = begin_demo(tmp_path, "--employees", "80", "--minutes", "30")
    try:
        wait_for(
            lambda: "Ranked: " in (tmp_path / "stderr").read_text() or process.poll() is not None,
            var=tmp_path,
        )
        (address,) = re.findall(r"http://\S+", (tmp_path / "stdout").read_text())
        yield process.pid, tmp_path, address
    finally:
        process.kill()
        process.wait()
        wait_for_the_end(tmp_path)


@pytest.mark.parametrize(("number", "stays"), [(signal.SIGINT, {"demo"}), (signal.SIGKILL, {"demo", "log"})])
def test_the_page_is_there_and_what_stays_at_the_end_is_what_was_said(
    demo: tuple[int, Path, str], number: signal.Signals, stays: set[str]
) -> None:
    pid, var, address = demo
    said = f"What stays is in {var}: the files it made up."
    assert said in (var / "stdout").read_text()
    with urllib.request.urlopen(f"{address}sign-in/") as page:
        assert page.status == 200
    (database,) = {path.name for path in (var / "log").iterdir()}
    assert database in databases()
    os.kill(pid, number)
    wait_for_the_end(var)
    assert database not in databases()
    assert {path.name for path in var.iterdir()} - {"stdout", "stderr"} == stays


def test_of_servers_of_its_own_it_says_that_they_stay(settings: Any) -> None:
    settings.SERVICES = replace(settings.SERVICES, embedded=True)
    assert live._what_stays() == (
        f"What stays is in {settings.VAR_DIR}: the files it made up, and the embedded servers with their "
        "secrets and logs."
    )


def test_its_evidence_is_signed_by_a_key_of_its_own_whatever_the_installation_says(
    settings: Any, tmp_path: Path
) -> None:
    settings.VAR_DIR, settings.EVIDENCE_KEY_FILE = tmp_path, ""
    place = Place("bonus_demo_key", "", "", "", "")
    files = [environment_of(place)["EVIDENCE_KEY_FILE"] for _ in range(2)]
    assert files == [str(tmp_path / "demo" / "evidence.pem")] * 2
    settings.EVIDENCE_KEY_FILE = files[0]
    assert len(signer().public) == 64


def test_a_child_that_dies_is_named_and_ends_the_demo(demo: tuple[int, Path, str]) -> None:
    _pid, var, _address = demo
    (beat,) = [pid for pid in processes_of(var) if arguments(pid)[-1:] == ["beat"]]
    os.kill(beat, signal.SIGKILL)
    wait_for_the_end(var)
    complaint = (var / "stderr").read_text()
    assert "The demo's beat process ended with status -9; the last lines of" in complaint
    assert list((var / "log").glob("*/beat.log"))


def test_what_cannot_be_removed_since_its_servers_are_gone_is_left_to_the_next_run(settings: Any) -> None:
    name = f"bonus_demo_left_{secrets.token_hex(4)}"
    make_database(name)
    nobody, redis = f"postgresql://127.0.0.1:1/{name}", "redis://127.0.0.1:1/0"
    at = settings.SERVICES
    with psycopg.connect(at_database(at.database_owner_url, name)):  # or another demo might drop it first
        remove(Place(name, nobody, nobody, redis, nobody))
        assert name in databases()
    with own_place(at.database_url, at.database_owner_url, at.redis_url) as place:
        assert name not in databases()
        assert place.name in databases()
    assert place.name not in databases()


def test_without_its_janitor_it_ends_all_the_same(tmp_path: Path) -> None:
    demo = begin_demo(tmp_path, "--once", "--employees", "80")
    wait_for(lambda: janitors(tmp_path) or demo.poll() is not None, var=tmp_path)
    os.kill(janitors(tmp_path)[0], signal.SIGKILL)
    assert demo.wait(SAFETY_SECONDS) == 1
    wait_for_the_end(tmp_path)


def test_ctrl_c_in_the_middle_of_the_import_leaves_nothing(tmp_path: Path) -> None:
    demo = begin_demo(tmp_path, "--once", "--employees", "1000")  # enough to be in the middle for a while
    wait_for(lambda: "Importing" in (tmp_path / "stderr").read_text(), var=tmp_path)
    demo.send_signal(signal.SIGINT)
    assert demo.wait(SAFETY_SECONDS) == 0
    wait_for_the_end(tmp_path)
    assert (tmp_path / "stderr").read_text().endswith("Everything has ended.\n")


def test_a_port_that_is_taken_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert begin_demo(tmp_path, "--port", str(port)).wait(SAFETY_SECONDS) == 1
    assert (tmp_path / "stderr").read_text() == (
        f"CommandError: Port {port} is taken; name another one with --port, or none to let the demo choose.\n"
    )


def test_two_demos_at_one_moment_never_share_a_port() -> None:
    with live.reserved_port(None) as first, live.reserved_port(None) as second:
        assert first != second
        assert live._held(first) is None
        with socket.socket() as server:  # as the web server binds
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            server.bind((live.HOST, first))


def janitors(var: Path) -> list[int]:
    return [pid for pid in processes_of(var) if "apps.demo.janitor" in arguments(pid)]
