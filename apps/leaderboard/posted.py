"""What a campaign's board is made of for everybody but HR, read once in a moment for all requests of a process."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import Model, Q
from django.http import HttpRequest

from apps.activity.models import Source
from apps.audit.heads import newest_head
from apps.audit.models import SignedHead
from apps.awards.models import Award
from apps.campaigns.models import OptOut
from apps.directory.models import User
from apps.directory.roles import sees_everything
from apps.leaderboard.board import previous_run
from apps.leaderboard.board_page import winners
from apps.leaderboard.heads import figures_wait, fingerprint
from apps.leaderboard.sight import View, as_employees_see_it, for_reader, signed_in, view_of
from apps.ranking.models import Run
from bonus_tracker import clock
from bonus_tracker.kept import Kept


@dataclass(frozen=True)
class Posted:
    """lasting: equal as long as nothing but time and freshness changes; version: until anything does."""

    view: View
    run: Run
    sources: list[Source]
    winners: list[Award]
    log_head: SignedHead | None
    waits: bool
    apart: frozenset[int]  # users whose page differs by more than their own place: with a role, or out of it
    now: datetime
    lasting: str
    version: str


@dataclass(frozen=True)
class Seen:
    """A campaign as employees see it; previous: the run that movement is measured against."""

    view: View
    previous: Run | None


_posted: Kept[Posted | None] = Kept(lambda: settings.BOARD_KEPT_SECONDS, most=100)
_seen: Kept[Seen | None] = Kept(lambda: settings.BOARD_KEPT_SECONDS, most=100)


def seen(request: HttpRequest, slug: str) -> Seen:
    """As of BOARD_KEPT_SECONDS ago at most; whoever sees more than employees do, as of now. Raises Http404."""
    found = None if sees_everything(signed_in(request)) else _seen.get(slug, partial(_look, slug))
    if found is None:
        return _with_previous(view_of(request, slug))
    return replace(found, view=for_reader(request, found.view))


def _look(slug: str) -> Seen | None:
    view = as_employees_see_it(slug)
    return _with_previous(view) if view else None


def _with_previous(view: View) -> Seen:
    return Seen(view, view.run and previous_run(view.run))


def posted(slug: str) -> Posted | None:
    """As of BOARD_KEPT_SECONDS ago at most; None when employees see no places there."""
    return _posted.get(slug, partial(read, slug))


def read(slug: str) -> Posted | None:
    view, now = as_employees_see_it(slug), clock.now()
    if view is None or view.run is None:
        return None
    sources, winning, waits = list(Source.objects.order_by("name")), winners(view.campaign), figures_wait()
    log_head = newest_head()
    campaign_rows = [view.campaign, *view.campaign.prizes.all(), *winning]
    seen = fingerprint(view, now)
    lasting = _digest([*seen[:-1], waits, log_head and log_head.pk, *map(values_of, campaign_rows)])
    version = _digest([lasting, seen, *map(values_of, sources)])
    return Posted(
        view, view.run, sources, winning, log_head, waits, _apart(view, winning), now, lasting, version
    )


def _apart(view: View, winning: list[Award]) -> frozenset[int]:
    with_role = Q(is_superuser=True) | Q(groups__isnull=False)
    left = OptOut.objects.filter(campaign=view.campaign).values("employee")
    employees = Q(employee__in=left) | Q(employee__in=[award.employee_id for award in winning])
    return frozenset(User.objects.filter(with_role | employees).values_list("pk", flat=True))


def values_of(row: Model) -> list[Any]:
    """All that is kept in a row."""
    return [field.value_from_object(row) for field in row._meta.concrete_fields]


def _digest(parts: Iterable[Any]) -> str:
    return hashlib.sha256(repr(list(parts)).encode()).hexdigest()
