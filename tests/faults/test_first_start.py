"""The first command on a new folder makes the tables: once, whole, however many come and whoever is killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.faults.companies import ROOT
from tests.patience import SAFETY_SECONDS, eventually

NOTHING_IS_DUE = (0, "Nothing is due.\n")


def begin_tick(var: Path) -> subprocess.Popen[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "manage.py", "tick"],
        cwd=ROOT,
        env=kept | {"VAR_DIR": str(var), "BONUS_EMBEDDED_FAST": "1", "BONUS_EMBEDDED_IDLE_SECONDS": "0.5"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def outcome(tick: subprocess.Popen[str]) -> tuple[int, str]:
    printed, complaints = tick.communicate(timeout=SAFETY_SECONDS)
    assert "Traceback" not in complaints, complaints
    return tick.returncode, printed


def test_commands_that_begin_at_once_all_work(tmp_path: Path) -> None:
    assert {outcome(tick) for tick in [begin_tick(tmp_path) for _ in range(4)]} == {NOTHING_IS_DUE}


@pytest.mark.parametrize("seconds", [0.4, 0.8, 1.2, 1.6])
def test_a_killed_migration_is_done_to_its_end(tmp_path: Path, seconds: float) -> None:
    tick = begin_tick(tmp_path)
    eventually(lambda: (tmp_path / "run" / "servers.json").exists() or tick.poll() is not None)
    time.sleep(seconds)  # wherever that is: what must hold holds after every one
    os.killpg(tick.pid, signal.SIGKILL)
    tick.communicate(timeout=SAFETY_SECONDS)
    assert outcome(begin_tick(tmp_path)) == NOTHING_IS_DUE
