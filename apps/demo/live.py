"""The live demo: the real web server, worker and beat, and beside them the traffic and the story."""

import json
import socket
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.error import URLError

from django.conf import settings

from apps.demo.dates import Calendar
from apps.demo.processes import ChildDied, Children
from apps.demo.words import hand_out, say
from bonus_tracker import clock

HOST = "127.0.0.1"
DEFAULT_PORT, PORTS_TRIED = 8000, 100
WEB_SECONDS = 180  # for the first page, on a busy machine
CELERY = ("celery", "-A", "bonus_tracker")
WORKER = ("worker", "--pool", "solo", "--without-gossip", "--without-mingle", "--without-heartbeat")


class PortTaken(Exception):
    """One sentence."""


@contextmanager
def reserved_port(wanted: int | None) -> Iterator[int]:
    """The wanted port, or the first free one, kept from other demos until the web server listens on it.

    Raises PortTaken.
    """
    if wanted:
        hold = _held(wanted) or _held(wanted, alone=False)
    else:
        ports = range(DEFAULT_PORT, DEFAULT_PORT + PORTS_TRIED)
        hold = next((held for port in ports if (held := _held(port))), None)
    if hold is None and wanted:
        raise PortTaken(
            f"Port {wanted} is taken; name another one with --port, or none to let the demo choose."
        )
    if hold is None:
        raise PortTaken(f"The ports from {DEFAULT_PORT} on are all taken; name a free one with --port.")
    with hold:
        port: int = hold.getsockname()[1]
        if not wanted and port != DEFAULT_PORT:
            say(f"Port {DEFAULT_PORT} is not free; using {port}.")
        yield port


def _held(port: int, *, alone: bool = True) -> socket.socket | None:
    """Bound to the port and never listening: the web server may bind beside it, no other demo can.

    alone: not where connections of an earlier server still linger; there two could bind at one moment.
    """
    hold = socket.socket()
    hold.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, not alone)
    try:
        hold.bind((HOST, port))
    except OSError:
        hold.close()
        return None
    # Not before it is bound, or two demos that look at one moment would both get it.
    hold.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    return hold


def run(family: Children, arguments: list[str], *, port: int, minutes: float) -> None:
    """Prepare, start everything, and watch it until somebody ends it. Raises ChildDied."""
    logins = json.loads(family.run("preparing", "apps.demo", "prepare", *arguments))
    family.environment["CLOCK"] = _clock(minutes)
    address = f"http://localhost:{port}/"
    family.start("web", *_web(port))
    _wait_for_first_page(family, port)
    family.start("worker", *CELERY, *WORKER)
    family.start("beat", *CELERY, "beat")
    family.start("traffic", "apps.demo", "traffic", *arguments, log=False)
    hand_out(_welcome(address, logins, minutes))
    family.start("story", "apps.demo", "story", *arguments, log=False)
    while True:
        family.check()
        time.sleep(0.3)


def _clock(minutes: float) -> str:
    """From the opening to the approval in so many real minutes."""
    calendar = Calendar.on(clock.company_zone())
    speed = (calendar.final_at - calendar.opens_at) / timedelta(minutes=minutes)
    return f"{calendar.opens_at.isoformat()}@{time.time():.3f}x{speed:.3f}"


def _web(port: int) -> list[str]:
    options = {"--interface": "wsgi", "--host": HOST, "--port": port, "--workers": 1, "--blocking-threads": 4}
    return [
        "granian",
        *(str(word) for option in options.items() for word in option),
        "bonus_tracker.wsgi:application",
    ]


def _wait_for_first_page(family: Children, port: int) -> None:
    deadline = time.monotonic() + WEB_SECONDS
    while True:
        family.check()
        try:
            with urllib.request.urlopen(f"http://{HOST}:{port}/sign-in/", timeout=5):
                return
        except (URLError, OSError) as error:
            if time.monotonic() > deadline:
                raise ChildDied(
                    f"The first page did not come within {WEB_SECONDS} seconds: {error}"
                ) from error
            time.sleep(0.1)


def _welcome(address: str, logins: list[dict[str, str]], minutes: float) -> list[str]:
    line = "-" * 78
    rows = [f"  {login['username']:<11} {login['password']}   {login['about']}" for login in logins]
    return [
        line,
        f"  {address}",
        "",
        *rows,
        "",
        f"  The last day of the campaign passes now; the result is final in some {minutes:.0f} minutes.",
        "  Ctrl-C ends everything and drops this run's database.",
        f"  {_what_stays()}",
        line,
    ]


def _what_stays() -> str:
    stays = "the files it made up"
    if settings.SERVICES.embedded:
        stays += ", and the embedded servers with their secrets and logs"
    return f"What stays is in {settings.VAR_DIR}: {stays}."
