"""When things happen in the demo: one fixed last day, so that every run of a seed is the same."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

HISTORY_DAYS = 40  # before the last day
LAST_DAY = date(2026, 12, 31)  # the last one that counts; a Thursday
GRACE_HOURS, OBJECTION_DAYS = 3, 1


@dataclass(frozen=True)
class Calendar:
    """Aware instants, in the order in which they come."""

    zone: ZoneInfo
    history_from: datetime
    starts_at: datetime  # of the campaign
    opens_at: datetime  # here the history ends and the demo's clock begins
    declared_at: datetime  # HR learns of a second account
    freeze_at: datetime
    cut_off_at: datetime  # from here until the deadline one office's messages are held up
    deadline: datetime
    late_at: datetime  # when they arrive
    grace_ends_at: datetime
    final_at: datetime  # about then

    @classmethod
    def on(cls, zone: ZoneInfo) -> Self:
        def at(day: date, hour: int = 0, minute: int = 0) -> datetime:
            return datetime.combine(day, time(hour, minute), zone)

        deadline = at(LAST_DAY + timedelta(days=1))
        grace_ends_at = deadline + timedelta(hours=GRACE_HOURS)
        return cls(
            zone=zone,
            history_from=at(LAST_DAY - timedelta(days=HISTORY_DAYS)),
            starts_at=at(LAST_DAY - timedelta(days=HISTORY_DAYS - 2)),
            opens_at=at(LAST_DAY, 7),
            declared_at=at(LAST_DAY, 10, 30),
            freeze_at=at(LAST_DAY, 18),
            cut_off_at=at(LAST_DAY, 21),
            deadline=deadline,
            late_at=deadline + timedelta(hours=1, minutes=30),
            grace_ends_at=grace_ends_at,
            final_at=grace_ends_at + timedelta(days=OBJECTION_DAYS, minutes=30),
        )

    def days(self) -> list[date]:
        """All dates with traffic: the history, the last day, and the day after it."""
        first = self.history_from.astimezone(self.zone).date()
        return [first + timedelta(days=n) for n in range((LAST_DAY - first).days + 2)]
