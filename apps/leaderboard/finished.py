"""The board as most people ask for it, out of pieces that are made once: for employees, the first page, no search.

The sheet is the same for everybody who has no role: it is rendered with slots where something is one reader's
own. The worker that has ranked renders it in every language and leaves it in the cache; a web process keeps what
it has used. The cache may be emptied, or gone: then the next reader makes the sheet. Own parts stay in the web
process, by employee. HR's pages never come from here.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from django.conf import settings
from django.contrib.messages import get_messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import escape
from django.utils.http import urlencode
from redis.exceptions import RedisError
from rest_framework.renderers import JSONRenderer

from apps.campaigns.divisions import numbers_by_key
from apps.campaigns.models import Campaign
from apps.directory.models import User
from apps.leaderboard import board_page, conditional, pieces, serializers
from apps.leaderboard.announced import announced
from apps.leaderboard.board import Position, Search, previous_run
from apps.leaderboard.heads import countdown, page_head
from apps.leaderboard.own_part import own_part
from apps.leaderboard.pieces import Marks, Piece, Sheet
from apps.leaderboard.posted import Posted, posted, read
from apps.leaderboard.shared import SharedBoard, page_of, shared_board
from apps.leaderboard.sight import in_division, signed_in
from apps.ranking.services import division_of
from bonus_tracker import clock
from bonus_tracker.kept import Kept

T = TypeVar("T")
KEPT_SECONDS = 600  # names may be corrected while the run stays
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Finished:
    """sheet: with slots token, username, countdown, facts, fresh, own, mine and rows."""

    sheet: Sheet
    rows: Piece
    shared: SharedBoard


@dataclass(frozen=True)
class Anybody:
    """Stands for the signed-in employee while a sheet is rendered."""

    get_username: str
    is_authenticated: bool = True
    is_superuser: bool = False
    employee_id: int = -1
    _roles: frozenset[str] = frozenset()


_divisions: Kept[int | None] = Kept(lambda: KEPT_SECONDS, most=100_000)
_sheets: Kept[Finished] = Kept(lambda: KEPT_SECONDS, most=100)
_places: Kept[Piece] = Kept(lambda: KEPT_SECONDS, most=100)
_moving: Kept[dict[str, Piece]] = Kept(lambda: KEPT_SECONDS, most=100)
_own: Kept[dict[str, Piece]] = Kept(lambda: KEPT_SECONDS, most=5_000)


def page(request: HttpRequest, slug: str) -> HttpResponse | None:
    """The board for this reader, or 304; None when it has to be made for them alone."""
    board, user = _board_for(request, slug), signed_in(request)
    if board is None:
        return None
    parts = (board.version, user.employee_id)
    return conditional.answer(request, parts, partial(_filled, request, board, user))


def places(request: HttpRequest, slug: str) -> HttpResponse | None:
    """The public places as JSON, or 304; None as for `page`."""
    board = _board_for(request, slug)
    if board is None:
        return None

    def make() -> HttpResponse:
        key = (board.lasting, translation.get_language())  # generated names are in the reader's language
        content = {"places": _places.get(key, partial(_make_places, board))}
        return pieces.answer(request, ("places",), content, "application/json")

    return conditional.answer(request, (board.version,), make)


def finish(campaign: Campaign) -> None:
    """Leave the sheets of what is shown now in the cache, unless they are there."""
    board = read(campaign.slug)
    if board is None:
        return
    for key in numbers_by_key(board.view.campaign):
        for language, _name in settings.LANGUAGES:
            with translation.override(language), timezone.override(clock.company_zone()):
                _found_or_made(_in_division(board, asked=key or None, own=None))


def _board_for(request: HttpRequest, slug: str) -> Posted | None:
    """None for who sees something else than everybody, or looks for something."""
    user = signed_in(request)
    if (
        request.GET.keys() - {"division"}
        or user.is_superuser
        or user.employee_id is None
        or len(get_messages(request))
    ):
        return None
    board = posted(slug)
    if board is None or user.pk in board.apart:
        return None
    find = partial(division_of, board.view.campaign, board.run, user.employee_id)
    own = _divisions.get((board.lasting, user.employee_id), find) if board.view.campaign.divisions else None
    return _in_division(board, asked=request.GET.get("division"), own=own)


def _in_division(board: Posted, *, asked: str | None, own: int | None) -> Posted:
    """With the division that is asked for; what is the same for all its readers is told apart by it alone."""
    view = in_division(board.view, asked=asked, own=own)
    if view is board.view:
        return board
    lasting, version = (f"{name}-{view.division}" for name in (board.lasting, board.version))
    return replace(board, view=view, lasting=lasting, version=version)


def _filled(request: HttpRequest, board: Posted, user: User) -> HttpResponse:
    language = translation.get_language()
    done = _sheets.get((board.lasting, language), partial(_found_or_made, board))
    moving = _moving.get((board.version, board.now, language), partial(_make_moving, board))
    own = _own.get((board.lasting, language, user.employee_id), partial(_make_own, board, user, done))
    private = {
        "token": Piece.stored(get_token(request)),
        "username": Piece.stored(escape(user.get_username())),
    }
    content = {"rows": done.rows} | moving | own | private
    return pieces.answer(request, done.sheet, content, "text/html; charset=utf-8")


def _found_or_made(board: Posted) -> Finished:
    """From the cache when it can; in the reader's language."""
    key = f"board:{board.lasting}:{translation.get_language()}:{conditional.release()}"
    found: Finished | None = _if_there(partial(cache.get, key))
    if found is None:
        found = _make(board)
        _if_there(partial(cache.set, key, found, KEPT_SECONDS))
    return found


def _if_there(use_cache: Callable[[], T]) -> T | None:
    try:
        return use_cache()
    except RedisError as error:
        logger.warning("The cache does not answer; the board is made without it: %s", error)
        return None


def _make(board: Posted) -> Finished:
    marks, shared = Marks(), shared_board(board.view, board.run, Search(), Position())
    head = page_head(board.view, now=board.now, waits=board.waits)
    here = board_page.winning_here(board.view, board.winners)
    context = board_page.public_context(board.run, head, shared, here)
    of_division = urlencode({"division": board.view.division_key}) if board.view.campaign.divisions else ""
    address = reverse("leaderboard", args=[board.view.campaign.slug])
    context |= {
        "query": of_division,
        "log_head": board.log_head,
        "csrf_token": marks["token"],
        "user": Anybody(marks["username"]),
        "request": {"get_full_path": f"{address}?{of_division}" if of_division else address},
        "countdown_html": marks["countdown"],
        "facts_html": marks["facts"],
        "fresh_html": marks["fresh"],
        "own_html": marks["own"],
        "mine_html": marks["mine"],
        "rows_html": marks["rows"],
    }
    html = render_to_string("leaderboard/board.html", context)
    return Finished(marks.sheet(html), Piece.of("".join(shared.rows)), shared)


def _make_places(board: Posted) -> Piece:
    previous = previous_run(board.run)
    page = page_of(board.view, board.run, previous, Search(), Position())
    return Piece.of(JSONRenderer().render(serializers.board(board.view, page)))


def _make_moving(board: Posted) -> dict[str, Piece]:
    """What changes by itself."""
    left = countdown(board.view.campaign, board.now) | {"campaign": board.view.campaign}
    about = {"sources": board.sources, "announced": announced(board.view.campaign)}
    return {
        "countdown": Piece.of(render_to_string("leaderboard/_countdown.html", left)),
        "facts": Piece.of(board_page.facts(board.run, about)),
        "fresh": Piece.of(board_page.fresh(board.run, about)),
    }


def _make_own(board: Posted, user: User, done: Finished) -> dict[str, Piece]:
    assert user.employee is not None
    head = page_head(board.view, now=board.now, waits=board.waits)
    mine = own_part(board.view, board.run, user.employee, done.shared, head, has_left=False)
    marked = {"rows": Piece.of(mine.rows)} if mine.rows is not None else {}
    return {"own": Piece.of(mine.card), "mine": Piece.of(mine.bar)} | marked
