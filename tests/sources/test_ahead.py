"""What a second process makes comes whole and in order, and neither process outlives the other."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from apps.sources.ahead import MakerEnded, ahead
from apps.sources.files import UnusableFile

LARGER_THAN_A_PIPE = "x" * 1_000_000


KNOWN: list[psutil.Process] = []  # children that are there before, such as the tests' servers


@pytest.fixture(autouse=True)
def _known() -> None:
    KNOWN[:] = psutil.Process().children()


def children() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if child not in KNOWN]


def numbered(count: int) -> Iterator[tuple[int, int, str]]:
    for n in range(count):
        yield os.getpid(), n, LARGER_THAN_A_PIPE


@pytest.mark.parametrize("count", [0, 1, 5])
def test_all_comes_in_order_from_another_process(count: int) -> None:
    came = list(ahead(numbered(count)))
    assert [(n, text) for _pid, n, text in came] == [(n, LARGER_THAN_A_PIPE) for n in range(count)]
    assert os.getpid() not in {pid for pid, _n, _text in came}
    assert children() == []


def test_what_goes_wrong_there_is_raised_here_after_what_went_well() -> None:
    def things() -> Iterator[int]:
        yield 1
        raise UnusableFile("line 2: not UTF-8")

    came = ahead(things())
    assert next(came) == 1
    with pytest.raises(UnusableFile, match="line 2: not UTF-8"):
        next(came)
    assert children() == []


def test_who_wants_no_more_leaves_no_process_behind() -> None:
    came = ahead(numbered(1000))
    next(came)
    came.close()  # type: ignore[attr-defined]
    assert children() == []


def test_a_killed_maker_is_an_error_that_says_what_to_do() -> None:
    came = ahead(numbered(1000))
    next(came)
    (maker,) = children()
    maker.send_signal(signal.SIGKILL)
    with pytest.raises(MakerEnded, match="start the import again"):
        list(came)


ENDLESS = """
import itertools, os, sys
from apps.sources.ahead import ahead
for n in ahead("x" * 1_000_000 for _ in itertools.count()):
    print(os.getpid(), flush=True)
    sys.stdin.read(1)
"""


def test_the_maker_ends_when_the_process_that_it_works_for_is_killed() -> None:
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", ENDLESS], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as works:
        assert works.stdout is not None
        works.stdout.readline()
        (maker,) = psutil.Process(works.pid).children()
        works.kill()
        works.wait()
    deadline = time.monotonic() + 60
    while maker.is_running() and maker.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, "it waits for a reader that is no more"
        time.sleep(0.01)
