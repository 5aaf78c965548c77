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

from apps.demo import live
from apps.demo.databases import Place, own_place, remove
from tests.demo.running import begin_demo, databases, make_database, processes_of, wait_for
from tests.faults.companies import at_database

START_SECONDS, END_SECONDS = 90, 20


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[tuple[int, Path, str]]:
    """(pid, VAR_DIR, address) of a demo whose first page can be seen."""
    process = begin_demo(tmp_path, "--employees", "80", "--minutes", "30", "--port", str(free_port()))
    try:
        wait_for(
            lambda: "Ranked: " in (tmp_path / "stderr").read_text() or process.poll() is not None,
            seconds=START_SECONDS,
            var=tmp_path,
        )
        (address,) = re.findall(r"http://\S+", (tmp_path / "stdout").read_text())
        yield process.pid, tmp_path, address
    finally:
        process.kill()
        process.wait()
        wait_for(lambda: not processes_of(tmp_path), seconds=END_SECONDS, var=tmp_path)


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
    wait_for(lambda: not processes_of(var), seconds=END_SECONDS, var=var)
    assert database not in databases()
    assert {path.name for path in var.iterdir()} - {"stdout", "stderr"} == stays


def test_of_servers_of_its_own_it_says_that_they_stay(settings: Any) -> None:
    settings.SERVICES = replace(settings.SERVICES, embedded=True)
    assert live._what_stays() == (
        f"What stays is in {settings.VAR_DIR}: the files it made up, and the embedded servers with their "
        "secrets and logs."
    )


def test_a_child_that_dies_is_named_and_ends_the_demo(demo: tuple[int, Path, str]) -> None:
    _pid, var, _address = demo
    (beat,) = [pid for pid in processes_of(var) if arguments(pid)[-1:] == ["beat"]]
    os.kill(beat, signal.SIGKILL)
    wait_for(lambda: not processes_of(var), seconds=END_SECONDS, var=var)
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
    begin_demo(tmp_path, "--once", "--employees", "80")
    wait_for(lambda: janitors(tmp_path) != [], seconds=START_SECONDS, var=tmp_path)
    os.kill(janitors(tmp_path)[0], signal.SIGKILL)
    wait_for(lambda: not processes_of(tmp_path), seconds=START_SECONDS, var=tmp_path)


def test_ctrl_c_in_the_middle_of_the_import_leaves_nothing(tmp_path: Path) -> None:
    demo = begin_demo(tmp_path, "--once", "--employees", "80")
    wait_for(lambda: "Importing" in (tmp_path / "stderr").read_text(), seconds=START_SECONDS, var=tmp_path)
    demo.send_signal(signal.SIGINT)
    assert demo.wait(END_SECONDS) == 0
    assert processes_of(tmp_path) == []
    assert (tmp_path / "stderr").read_text().endswith("Everything has ended.\n")


def test_a_port_that_is_taken_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert begin_demo(tmp_path, "--port", str(port)).wait(60) == 1
    assert (tmp_path / "stderr").read_text() == (
        f"CommandError: Port {port} is taken; name another one with --port, or none to let the demo choose.\n"
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def janitors(var: Path) -> list[int]:
    return [pid for pid in processes_of(var) if "apps.demo.janitor" in arguments(pid)]


def arguments(pid: int) -> list[str]:
    return [os.fsdecode(word) for word in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0") if word]
