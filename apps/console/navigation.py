"""The console's own sidebar: few doors, each for whoever may see what is behind it."""

from typing import NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Door(NamedTuple):
    words: str | Promise
    page: str  # a name of urls.py
    permission: str  # "" for everybody with a role


class Shown(NamedTuple):
    words: str | Promise
    address: str
    is_here: bool


DOORS = [
    Door(_("Overview"), "console:overview", ""),
]


def doors(request: HttpRequest) -> list[Shown]:
    """Those that are open to the request's user; the longest address that fits is where they are."""
    user = request.user
    open_ones = [
        (door.words, reverse(door.page))
        for door in DOORS
        if not door.permission or user.has_perm(door.permission)
    ]
    fitting = [address for _words, address in open_ones if request.path.startswith(address)]
    here = max(fitting, key=len, default="")
    return [Shown(words, address, address == here) for words, address in open_ones]
