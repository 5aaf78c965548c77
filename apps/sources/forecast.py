"""What taking a file in would do: read and judged as an import does, with nothing written."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from apps.activity.batch import Batch, prepare
from apps.activity.ingest import FUTURE_TOLERANCE, limits_of, tally_of
from apps.activity.judging import Directory, Judged, judge
from apps.activity.lookup import look_up
from apps.activity.models import QuarantinedEvent, Source
from apps.directory.handles import masked_hint, normalise
from apps.sources.files import Checked, read
from apps.sources.importing import BATCH

SHOWN = 20  # lines that cannot be read, and handles that nobody had
Reason = QuarantinedEvent.Reason


@dataclass
class Forecast:
    """In messages; `held` by reason of the quarantine. first_at, last_at: ISO 8601, "" when no line can be read.

    problems: (line, what is wrong) of the first that cannot be read. unknown: (masked handle, messages, first line)
    of company handles that nobody in the directory had on that day, the busiest first; unknown_handles: of all.
    """

    lines: int
    sha256: str  # "" without lines
    counted: int = 0
    staff_only: int = 0
    outsiders_only: int = 0
    group_rooms: int = 0
    held: dict[str, int] = field(default_factory=dict)
    first_at: str = ""
    last_at: str = ""
    problems: list[tuple[int, str]] = field(default_factory=list)
    unknown: list[tuple[str, int, int]] = field(default_factory=list)
    unknown_handles: int = 0


def forecast(
    checked: Checked, source: Source, *, now: datetime, progress: Callable[[int], None] = lambda _lines: None
) -> Forecast:
    """source: kept, or one that the import would make. progress: called with the number of lines read.

    Of a delivery that was broken off this says all of the file, not what is left of it. Raises UnusableFile,
    ContactCollision.
    """
    said, strangers = Forecast(checked.lines, "" if checked.is_empty else checked.sha256), _Unknown()
    limits = limits_of(source, now)
    spans: list[datetime] = []
    for block in read(checked, source.platform, at_once=BATCH):
        batch = prepare(source.platform, 0, block.events)
        directory = look_up(batch)
        judged = judge(batch, directory, limits)
        tally = tally_of(judged, batch.until(now + FUTURE_TOLERANCE), len(block.unreadable))
        said.counted += tally.counted
        said.staff_only += tally.staff_only
        said.outsiders_only += tally.outsiders_only
        said.group_rooms += tally.group_rooms
        said.held = dict(Counter(said.held) + Counter(tally.held))
        spans += [at for at in (tally.first_at, tally.last_at) if at]
        said.problems += [
            (each.line, each.problem) for each in block.unreadable[: SHOWN - len(said.problems)]
        ]
        strangers.add(batch, judged, directory)
        progress(block.last)
    if spans:
        said.first_at, said.last_at = min(spans).isoformat(), max(spans).isoformat()
    said.unknown, said.unknown_handles = strangers.busiest(), len(strangers.messages)
    return said


class _Unknown:
    """Company handles that nobody had, by their keys."""

    def __init__(self) -> None:
        self.messages: Counter[int] = Counter()
        self.first_lines: dict[int, int] = {}
        self.hints: dict[int, str] = {}

    def add(self, batch: Batch, judged: Judged, directory: Directory) -> None:
        for place, verdict in judged.left.items():
            if verdict == Reason.UNKNOWN_STAFF:
                sender, recipient = batch.senders[place], batch.recipients[place]
                key = sender if sender in directory.ours else recipient
                line = batch.lines[place]
                self.messages[key] += 1
                self.first_lines[key] = min(line, self.first_lines.get(key, line))
                if key not in self.hints:
                    self.hints[key] = masked_hint(normalise(batch.handles[key]))

    def busiest(self) -> list[tuple[str, int, int]]:
        order = sorted(self.messages, key=lambda key: (-self.messages[key], self.first_lines[key]))
        return [(self.hints[key], self.messages[key], self.first_lines[key]) for key in order[:SHOWN]]
