"""Plain words on the terminal: log and progress on standard error, results on standard output."""

import sys
import time
from collections.abc import Callable, Iterable
from datetime import datetime

from django.utils.text import get_text_list

from apps.ranking.services import Row
from bonus_tracker import clock

SECONDS_BETWEEN_REPORTS = 1.0


def say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


def tell(now: datetime, sentence: str) -> None:
    """A line of the live log, with the time on the demo's clock."""
    say(f"{moment(now)}  {sentence}")


def hand_out(lines: Iterable[str]) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def moment(at: datetime) -> str:
    local = at.astimezone(clock.company_zone())
    return f"{local.day} {local:%b %H:%M}"


def progress(task: str, total: int) -> Callable[[int], None]:
    """A function to call with how many are done; it speaks once a second at most, and at the end."""
    spoken = time.monotonic()

    def report(done: int) -> None:
        nonlocal spoken
        if done >= total or time.monotonic() - spoken >= SECONDS_BETWEEN_REPORTS:
            spoken = time.monotonic()
            say(f"  {task}: {min(100, 100 * done // total)} %")

    return report


def the_lead(best: list[Row], names: dict[str, str]) -> str:
    """Who is first, by how much, and who follows; best: the first ten places, best first."""
    first = [row for row in best if row.rank == 1]
    others = [row for row in best if row.rank > 1]
    score = first[0].active_contacts
    if len(first) > 1:
        lead = f"{get_text_list([names[row.employee] for row in first], 'and')} are first with {score} contacts each"
    else:
        lead = f"first is {names[first[0].employee]} with {score} contacts"
        if others:
            lead += f", {score - others[0].active_contacts} ahead"
    following = [f"{names[row.employee]} with {row.active_contacts}" for row in others[:2]]
    return "; then ".join([lead, ", ".join(following)] if following else [lead])
