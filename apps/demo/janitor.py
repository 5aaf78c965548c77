"""Cleans up after a run, however it ended: `python -m apps.demo.janitor`, started by processes.py alone.

Its standard input is a pipe that only the demo's parent process holds. When that ends, by itself or by
kill -9, the kernel closes the pipe; then every child is ended, with all that it started, and the run's
database is dropped. It works the same on every system, which PR_SET_PDEATHSIG does not, and it reaches
grandchildren, which that does not either.

The first line is the run's place as JSON; then "+GROUP" for a process group to end, "-GROUP" for one that
has ended.
"""

import json
import os
import signal
import sys
import time
from contextlib import suppress

from apps.demo.databases import Place, remove

PATIENCE_SECONDS = 4  # between asking and killing


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # it ends when its parent has, and last
    first = sys.stdin.readline()
    if not first:
        return  # the parent ended before it had anything to clean up
    place = Place(**json.loads(first))
    groups: set[int] = set()
    for line in sys.stdin:
        group = int(line[1:])
        groups = groups | {group} if line[0] == "+" else groups - {group}
    end_groups(groups)
    remove(place)


def end_groups(groups: set[int]) -> None:
    """Ask the first process of each group to end, which ends those that it started; kill what is left."""
    for leader in groups:
        with suppress(ProcessLookupError):
            os.kill(leader, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and any(_signal(group, 0) for group in groups):
        time.sleep(0.05)
    for group in groups:
        _signal(group, signal.SIGKILL)


def _signal(group: int, number: int) -> bool:
    """Whether there was anybody to hear it."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):  # macOS refuses when only a zombie is left
        return False
    return True


if __name__ == "__main__":
    main()
