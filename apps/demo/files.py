"""The demo's company as the files that a company would hand over; byte for byte the same for the same seed."""

import csv
import gzip
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from apps.demo.company import Company, Person
from apps.demo.dates import GRACE_HOURS, OBJECTION_DAYS, Calendar
from apps.demo.names import CAMPAIGN_NAMES
from apps.demo.traffic import Message, make_traffic, parts

SLUG = "year-end"
PRIZES = ("100000.00", "20000.00", "10000.00")
EMPLOYEE_COLUMNS = ["number", "name", "department", "handle", "hired_on", "left_on", "entity"]


@dataclass(frozen=True)
class Files:
    folder: Path

    @property
    def employees(self) -> Path:
        return self.folder / "employees.csv"

    @property
    def declared(self) -> Path:
        """The second account, as HR declares it in the course of the story."""
        return self.folder / "declared.csv"

    @property
    def campaign(self) -> Path:
        return self.folder / "campaign.toml"

    def interactions(self, part: str) -> Path:
        """part: history, live or late."""
        return self.folder / f"{part}.csv.gz"


def write_files(folder: Path, company: Company, calendar: Calendar) -> dict[str, int]:
    """Write them all; returns the number of messages of each part."""
    files = Files(folder)
    folder.mkdir(parents=True, exist_ok=True)
    _replace(files.employees, _employees((person, person.handle) for person in company.people))
    _replace(files.declared, _employees([(company.double, company.double.second_handle)]))
    _replace(files.campaign, _campaign(calendar).encode())
    counts = {}
    for part, messages in parts(make_traffic(company, calendar), company, calendar).items():
        _replace(files.interactions(part), gzip.compress(_interactions(part, messages), 1, mtime=0))
        counts[part] = len(messages)
    return counts


def _replace(path: Path, content: bytes) -> None:
    """In one step, since another demo of the same seed may be reading."""
    draft = path.with_name(f"{path.name}.{datetime.now(UTC).timestamp()}")
    draft.write_bytes(content)
    draft.rename(path)


def _employees(handles: Iterable[tuple[Person, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(EMPLOYEE_COLUMNS)
    writer.writerows(
        (p.number, p.name, p.department, handle, p.hired_on, p.left_on or "", p.entity)
        for p, handle in handles
    )
    return text.getvalue().encode()


def _interactions(part: str, messages: list[Message]) -> bytes:
    lines = [
        f"{part}-{number},{datetime.fromtimestamp(at, UTC).isoformat()},{sender},{recipient},{room_size}"
        for number, (at, sender, recipient, room_size) in enumerate(messages, start=1)
    ]
    return "\n".join(["message_id,sent_at,from,to,room_size", *lines, ""]).encode()


def _campaign(calendar: Calendar) -> str:
    def local(at: datetime) -> str:
        return f"{at.astimezone(calendar.zone):%Y-%m-%dT%H:%M:%S}"

    prizes = "".join(
        f'\n[[prizes]]\nplace = {place}\nnet_amount = "{amount}"\ncurrency = "CNY"\n'
        for place, amount in enumerate(PRIZES, start=1)
    )
    names = "\n".join(f'{language} = "{name}"' for language, name in CAMPAIGN_NAMES.items())
    return f"""slug = "{SLUG}"
preset = "steady"
starts_at = {local(calendar.starts_at)}
freeze_at = {local(calendar.freeze_at)}
deadline = {local(calendar.deadline)}
grace_hours = {GRACE_HOURS}
objection_days = {OBJECTION_DAYS}

[name]
{names}
{prizes}"""
