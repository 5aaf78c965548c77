"""manage.py demo: a simulated company, live traffic and the pages; --once: the same story headless."""

import signal
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.demo import live
from apps.demo.company import FEWEST_EMPLOYEES
from apps.demo.databases import NoDatabase, own_place
from apps.demo.processes import ChildDied, children

MOST_EMPLOYEES = 30_000
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked for the end."""


class Command(BaseCommand):
    help = (
        "Show the program at work on a simulated company, in a database of its own that goes away afterwards."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="the whole story headless, then exit")
        parser.add_argument("--employees", type=int, default=2_000, metavar="N")
        parser.add_argument(
            "--seed", type=int, default=1, metavar="S", help="another company and another race"
        )
        parser.add_argument(
            "--port", type=int, metavar="P", help=f"default {live.DEFAULT_PORT}, or the next free one"
        )
        parser.add_argument(
            "--minutes", type=float, default=8.0, metavar="M", help="from the start to the final result"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        _check(options)
        employees, seed = options["employees"], options["seed"]
        folder: Path = settings.VAR_DIR / "demo" / f"employees-{employees}-seed-{seed}"
        arguments = ["--employees", str(employees), "--seed", str(seed), "--folder", str(folder)]
        services = settings.SERVICES
        urls = (services.database_url, services.database_owner_url, services.redis_url)
        try:
            with _stopping_on_signals(), ExitStack() as stack:
                port = None if options["once"] else stack.enter_context(live.reserved_port(options["port"]))
                place = stack.enter_context(own_place(*urls))
                family = stack.enter_context(children(place, settings.VAR_DIR / "log" / place.name))
                if port is None:
                    self.stdout.write(family.run("headless", "apps.demo", "once", *arguments), ending="")
                else:
                    live.run(family, arguments, port=port, minutes=options["minutes"])
        except (NoDatabase, ChildDied, live.PortTaken) as error:
            raise CommandError(str(error)) from error
        except Stopped:
            self.stderr.write("Everything has ended.", lambda line: line)


def _check(options: dict[str, Any]) -> None:
    """Raises CommandError before anything is started."""
    if not FEWEST_EMPLOYEES <= options["employees"] <= MOST_EMPLOYEES:
        raise CommandError(f"--employees must be a whole number from {FEWEST_EMPLOYEES} to {MOST_EMPLOYEES}.")
    if not 1 <= options["minutes"] <= 10_000:
        raise CommandError("--minutes must be at least 1 and at most 10000.")
    if options["port"] is not None and not 1 <= options["port"] <= 65_535:
        raise CommandError("--port must be a whole number from 1 to 65535.")


@contextmanager
def _stopping_on_signals() -> Iterator[None]:
    """Ctrl-C and its like end the block; while everything is being ended, further ones are ignored."""

    def stop(_number: int, _frame: object) -> NoReturn:
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    before = {number: signal.signal(number, stop) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
