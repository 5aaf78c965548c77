"""A file becomes a delivery, batch by batch; killed and started again, it goes on where it was."""

import gc
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from apps.activity.batch import Batch, Unreadable, prepare
from apps.activity.gate import pass_gate
from apps.activity.ingest import apply_batch
from apps.activity.models import Delivery, QuarantinedEvent, Source
from apps.audit.services import record
from apps.sources import claims
from apps.sources.ahead import ahead
from apps.sources.claims import Span
from apps.sources.files import Checked, UnusableFile, read
from bonus_tracker.turns import only_one

BATCH = 20_000  # lines a transaction: near the best rate, a second's work lost by a crash
LINES_NAMED = 10  # of each reason of the quarantine, in the summary
LONGEST_NAME = 80  # characters of a source's
PLATFORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
READER_LOCK = 0x46494C45  # "FILE": one reader a delivery


class BeingRead(Exception):
    """Another process reads this file just now."""


@dataclass
class Summary:
    """What became of a file; `held_lines` names the first lines of each reason.

    covers_more: it was taken in before, and what it covers is more from now on.
    """

    delivery: Delivery
    is_new: bool
    covers_more: bool = False
    held_lines: dict[str, list[int]] = field(default_factory=dict)


def find_or_make_source(name: str, platform: str | None, *, now: datetime) -> Source:
    """A file source is made on first use. Raises UnusableFile as `source_named` does."""
    source = source_named(name, platform)
    values = {"kind": source.kind, "platform": source.platform, "created_at": now}
    source, is_new = Source.objects.get_or_create(name=name, defaults=values)
    return source if is_new else source_named(name, platform)


def source_named(name: str, platform: str | None) -> Source:
    """The one of this name, or a new one that is not kept yet.

    Raises UnusableFile for a name that none can have, or for another platform.
    """
    if not name.strip() or len(name) > LONGEST_NAME:
        raise UnusableFile(
            _("A source needs a name of at most %d characters; choose another one.") % LONGEST_NAME
        )
    if platform is not None and not PLATFORM.fullmatch(platform):
        raise UnusableFile(
            _("%s is no name of a platform; it must be letters and digits, such as im.") % repr(platform)
        )
    source = Source.objects.filter(name=name).first()
    if source is None:
        return Source(name=name, kind="file", platform=platform or settings.DEFAULT_PLATFORM)
    if platform and source.platform != platform:
        raise UnusableFile(
            _("Source %(name)s is of platform %(its)s, not %(given)s; use another source name.")
            % {"name": name, "its": source.platform, "given": platform}
        )
    return source


def import_file(
    checked: Checked,
    source: Source,
    *,
    actor: str,
    now: datetime,
    covers: Span | None = None,
    progress: Callable[[int], None] = lambda _lines: None,
) -> Summary:
    """Take in a checked file. An identical file that was taken in before is a no-op, unless it covers more.

    progress: called after every batch with the number of lines read. Raises BeingRead, UnusableFile,
    ClaimRefused, MakerEnded.
    """
    delivery = _find_or_open(checked, source, actor=actor, now=now, covers=covers)
    with _only_reader(delivery):
        more = covers is not None and claims.widen(delivery, covers, actor=actor, now=now)
        delivery.refresh_from_db()
        if delivery.state == Delivery.State.APPLIED:
            return Summary(delivery, is_new=False, covers_more=more, held_lines=_held_lines(delivery))
        with _nothing_else_collected():
            parts = _parts(checked, delivery)
            is_short = checked.lines <= BATCH
            for batch, unreadable, last in parts if is_short else ahead(parts):
                apply_batch(delivery, batch, unreadable, now=now, lines_read=last)
                progress(last)
        _close(delivery, checked, actor=actor, now=now)
    delivery.refresh_from_db()
    return Summary(delivery, is_new=True, held_lines=_held_lines(delivery))


def _find_or_open(
    checked: Checked, source: Source, *, actor: str, now: datetime, covers: Span | None
) -> Delivery:
    sha256 = "" if checked.is_empty and covers else checked.sha256
    known = deliveries_of(source.name, sha256, covers)
    try:
        with transaction.atomic():
            return known.first() or Delivery.objects.create(
                source=source,
                name=checked.path.name[:255],
                actor=actor,
                received_at=now,
                covers_from=covers[0] if covers else None,
                covers_to=covers[1] if covers else None,
                sha256=sha256,
            )
    except IntegrityError:  # another process opened it in the same moment
        return known.get()


def deliveries_of(source: str, sha256: str, covers: Span | None) -> QuerySet[Delivery]:
    """What a file became, or is becoming, unless it was withdrawn. sha256: "" of a file without lines."""
    known = Delivery.objects.filter(source__name=source, sha256=sha256)
    if not sha256 and covers:  # the files of two quiet nights are the same, and say different things
        known = known.filter(covers_from=covers[0], covers_to=covers[1])
    return known.exclude(state=Delivery.State.WITHDRAWN)


@contextmanager
def _only_reader(delivery: Delivery) -> Iterator[None]:
    with only_one(READER_LOCK, delivery.pk) as is_ours:
        if not is_ours:
            raise BeingRead(
                _("Delivery %(key)d (%(name)s) is being read just now.")
                % {"key": delivery.pk, "name": delivery.name}
            )
        yield


@contextmanager
def _nothing_else_collected() -> Iterator[None]:
    """Of what is there already nothing is garbage: to look through all of it again and again is a sixth of the work."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _parts(checked: Checked, delivery: Delivery) -> Iterator[tuple[Batch, list[Unreadable], int]]:
    """What is not taken in yet, a transaction each: events, lines that cannot be read, the last line's number."""
    platform = delivery.source.platform
    for block in read(checked, platform, after=delivery.lines_read, at_once=BATCH):
        yield prepare(platform, delivery.pk, block.events), block.unreadable, block.last


@transaction.atomic
def _close(delivery: Delivery, checked: Checked, *, actor: str, now: datetime) -> None:
    pass_gate()  # a correction writes deliveries too, and then this would wait for it in a circle
    closed = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.OPEN)
    if not closed.update(state=Delivery.State.APPLIED, lines_read=checked.lines):
        return
    delivery.refresh_from_db()
    source = claims.complete_source(delivery)
    record(
        "delivery applied",
        actor=actor,
        subject=f"delivery {delivery.pk}",
        at=now,
        details={
            "source": source.name,
            "file": delivery.name,
            "sha256": delivery.sha256,
            "covers": claims.shown((delivery.covers_from, delivery.covers_to)),
            "counted": delivery.counted,
            "staff to staff": delivery.staff_only,
            "outsider to outsider": delivery.outsiders_only,
            "quarantined": delivery.quarantined,
        },
    )


def _held_lines(delivery: Delivery) -> dict[str, list[int]]:
    """First lines of each reason, for the person who imported."""
    lines: defaultdict[str, list[int]] = defaultdict(list)
    for reason in QuarantinedEvent.Reason.values:
        held = delivery.quarantine.filter(reason=reason).order_by("line")
        lines[reason] = list(held.values_list("line", flat=True)[:LINES_NAMED])
    return {reason: numbers for reason, numbers in lines.items() if numbers}


def held_counts(delivery: Delivery) -> dict[str, int]:
    """Held events by reason."""
    counts = delivery.quarantine.order_by().values_list("reason").annotate(n=Count("pk"))
    return dict(counts)
