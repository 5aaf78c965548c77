"""The console's own sidebar: few doors, each for whoever may see what is behind it."""

from collections.abc import Callable
from typing import NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.console.first_steps import are_left
from apps.console.inbox.gathering import counts
from apps.console.inbox.viewer import Viewer
from apps.console.monitor.versions import latest_act
from bonus_tracker import clock
from bonus_tracker.kept import Kept

KEPT_SECONDS = 60


class Door(NamedTuple):
    words: str | Promise
    page: str  # a name of urls.py
    permission: str  # "" for everybody with a role
    how_much: Callable[[HttpRequest], int] | None = None  # what waits behind it
    is_there: Callable[[HttpRequest], bool] = lambda _request: True


class Shown(NamedTuple):
    words: str | Promise
    address: str
    is_here: bool
    waiting: int = 0


_waiting: Kept[int] = Kept(lambda: KEPT_SECONDS, most=1000)


def how_much_waits(request: HttpRequest) -> int:
    """For the person who looks. Kept until the next act or minute, so that most pages need not count."""
    viewer, now = Viewer.of(request), clock.now()
    if viewer.waiting is not None:
        return viewer.waiting
    key = (
        viewer.user.pk,
        frozenset(viewer.user.get_all_permissions()),
        latest_act(),
        int(now.timestamp()) // 60,
    )
    return _waiting.get(key, lambda: sum(counts(viewer, now=now).values()))


def first_steps_are_left(request: HttpRequest) -> bool:
    """Asked of the database only where people begin; elsewhere they have begun."""
    return request.path in (reverse("console:overview"), reverse("console:first-steps")) and are_left()


DOORS = [
    Door(_("Overview"), "console:overview", ""),
    Door(_("First steps"), "console:first-steps", "", is_there=first_steps_are_left),
    Door(_("Inbox"), "console:inbox", "", how_much_waits),
    Door(_("People"), "console:people", "directory.view_employee"),
    Door(_("Messages"), "console:deliveries", "activity.view_delivery"),
    Door(_("Awards and payroll"), "console:awards", "awards.view_award"),
    Door(_("Audit log"), "console:log", "audit.view_entry"),
]


def doors(request: HttpRequest) -> list[Shown]:
    """Those that are open to the request's user; the longest address that fits is where they are."""
    user = request.user
    open_ones = [
        (door, reverse(door.page))
        for door in DOORS
        if (not door.permission or user.has_perm(door.permission)) and door.is_there(request)
    ]
    fitting = [address for _door, address in open_ones if request.path.startswith(address)]
    here = max(fitting, key=len, default="")
    return [
        Shown(door.words, address, address == here, door.how_much(request) if door.how_much else 0)
        for door, address in open_ones
    ]
