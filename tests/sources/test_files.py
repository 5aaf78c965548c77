"""Files of interactions as they are read, before anything reaches the database."""

import gzip
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from apps.activity.batch import Event, Unreadable
from apps.sources.files import LONGEST_LINE, UnusableFile, check, read

HEADER = "message_id,sent_at,from,to\n"
LINE = "m1,2026-09-01T08:00:00Z,ann@firm.example,bob@out.example\n"
AT = datetime(2026, 9, 1, 8, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Any:
    def write(content: str | bytes, name: str = "messages.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def parsed(path: Path, after: int = 0) -> list[Event | Unreadable]:
    blocks = read(check(path), "im", after=after, at_once=3)
    return sorted(
        (item for block in blocks for item in [*block.events.rows(), *block.unreadable]), key=lambda i: i.line
    )


def seen(path: Path) -> list[tuple[int, str, str, int]]:
    return [(e.line, e.sender, e.recipient, e.room_size) for e in parsed(path) if isinstance(e, Event)]


def problems(path: Path) -> dict[int, str]:
    """By line; the file holds a line that can be read, or it would be refused."""
    return {line.line: line.problem for line in parsed(path) if isinstance(line, Unreadable)}


def json_line(**changes: Any) -> str:
    row = {"message_id": "m1", "sent_at": "2026-09-01T08:00:00Z", "from": "ann", "to": "bob"} | changes
    return orjson.dumps(row).decode() + "\n"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (HEADER + LINE, "plain.csv"),
        ("\ufeff" + HEADER + LINE, "with a byte order mark.csv"),
        ((HEADER + LINE).replace("\n", "\r\n"), "of Windows.csv"),
        (HEADER + LINE.strip(), "without a last line feed.csv"),
        ("Message_ID, Sent_At ,FROM,To\n" + LINE, "with a free spelling of the header.csv"),
        (HEADER + '"m1","2026-09-01T08:00:00Z","ann@firm.example","bob@out.example"\n', "quoted.csv"),
        (
            "to,from,sent_at,message_id\nbob@out.example,ann@firm.example,2026-09-01T08:00:00Z,m1\n",
            "turned.csv",
        ),
        (gzip.compress((HEADER + LINE).encode()), "zipped.csv.gz"),
        (gzip.compress((HEADER + LINE).encode()), "zipped under another name.csv"),
        (json_line(**{"from": "ann@firm.example", "to": "bob@out.example"}), "lines.jsonl"),
        (
            "\ufeff" + json_line(**{"from": "ann@firm.example", "to": "bob@out.example"}),
            "lines with a mark.jsonl",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value[-7:] else "",
)
def test_one_message_is_read_from_any_form(file: Any, content: str | bytes, name: str) -> None:
    [event] = parsed(file(content, name))
    assert isinstance(event, Event)
    assert (event.occurred_at, event.sender, event.recipient) == (AT, "ann@firm.example", "bob@out.example")


def test_lines_carry_their_numbers_and_empty_ones_nothing(file: Any) -> None:
    path = file(HEADER + LINE + "\n" + LINE.replace("ann@firm.example", '"ann, the one"') + "   \n" + LINE)
    assert seen(path) == [
        (2, "ann@firm.example", "bob@out.example", 2),
        (4, "ann, the one", "bob@out.example", 2),
        (6, "ann@firm.example", "bob@out.example", 2),
    ]


def test_reading_goes_on_after_a_line(file: Any) -> None:
    path = file(HEADER + LINE * 5)
    assert [item.line for item in parsed(path, after=4)] == [5, 6]
    path = file(json_line() * 5)
    assert [item.line for item in parsed(path, after=4)] == [5]


@pytest.mark.parametrize(("text", "people"), [("", 2), ("2", 2), (" 17 ", 17), ("1", 1), ("32767", 32767)])
def test_room_sizes(file: Any, text: str, people: int) -> None:
    path = file("message_id,sent_at,from,to,room_size\n" + LINE.strip() + f",{text}\n")
    assert [size for *_, size in seen(path)] == [people]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("m1,yesterday,ann,bob", "sent_at is not an ISO 8601 time such as 2026-12-31T15:59:59Z"),
        ("m1,2026-02-30T08:00:00Z,ann,bob", "sent_at is not an ISO 8601 time such as 2026-12-31T15:59:59Z"),
        ("m1,1767225600,ann,bob", "sent_at is not an ISO 8601 time such as 2026-12-31T15:59:59Z"),
        ("m1,2026-09-01T08:00:00,ann,bob", "sent_at has no offset from UTC, such as Z or +08:00"),
        ("m1,1989-12-31T23:59:59Z,ann,bob", "sent_at is not between 1990 and 2200"),
        ("m1,0001-01-01T00:00:00+14:00,ann,bob", "sent_at is not between 1990 and 2200"),
        ("m1,9999-12-31T23:59:59-12:00,ann,bob", "sent_at is not between 1990 and 2200"),
        (",2026-09-01T08:00:00Z,ann,bob", "message_id is empty"),
        ("  ,2026-09-01T08:00:00Z,ann,bob", "message_id is empty"),
        ("m1,2026-09-01T08:00:00Z,,bob", "the handle is empty"),
        ("m1,2026-09-01T08:00:00Z,ann, ", "the handle is empty"),
        ("m1,2026-09-01T08:00:00Z," + "a" * 321 + ",bob", "the handle is longer than 320 characters"),
        ("m1,2026-09-01T08:00:00Z,a\0nn,bob", "the handle holds a character that is none"),
        ("m1,2026-09-01T08:00:00Z,ann", "3 columns instead of 4"),
        ("m1,2026-09-01T08:00:00Z,ann,bob,hello you", "5 columns instead of 4"),
        ('m1,2026-09-01T08:00:00Z,"ann,bob', "not a line of CSV"),
        ('m1,2026-09-01T08:00:00Z,"an"n,bob', "not a line of CSV"),
        ("m1,2026-09-01T08:00:00Z,an\rn,bob", "not a line of CSV"),
    ],
)
def test_an_unreadable_line_says_what_is_wrong_and_the_others_are_read(
    file: Any, line: str, problem: str
) -> None:
    path = file(HEADER + LINE + line + "\n" + LINE)
    assert problems(path) == {3: problem}
    assert [row[0] for row in seen(path)] == [2, 4]


@pytest.mark.parametrize("size", ["0", "-3", "32768", "two", "2.5", "²", "9" * 5000])
def test_a_room_size_that_is_none(file: Any, size: str) -> None:
    path = file("message_id,sent_at,from,to,room_size\n" + LINE.strip() + f",{size}\n" + LINE.strip() + ",\n")
    assert list(problems(path)) == [2]
    assert size not in problems(path)[2]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("[1, 2]\n", "not a JSON object"),
        ("{broken\n", "not a JSON object"),
        ('"text"\n', "not a JSON object"),
        ('{"from": "\\ud800"}\n', "not a JSON object"),
        (json_line(sent_at=1767225600), "sent_at is not an ISO 8601 time such as 2026-12-31T15:59:59Z"),
        (json_line(sent_at=None), "sent_at is not an ISO 8601 time such as 2026-12-31T15:59:59Z"),
        (json_line(message_id=None), "message_id is empty"),
        (json_line(**{"from": None}), "from is not a text"),
        (json_line(to={"name": "bob"}), "to is not a text"),
        (json_line(to=True), "to is not a text"),
        (json_line(room_size=True), "room_size is not a number of people"),
        ('{"message_id": 1, "sent_at": "2026-09-01T08:00:00Z", "from": "ann"}\n', "to is missing"),
    ],
)
def test_an_unreadable_line_of_json(file: Any, line: str, problem: str) -> None:
    path = file(json_line() + line + "\n" + json_line(), "m.jsonl")
    assert problems(path) == {2: problem}
    assert [row[0] for row in seen(path)] == [1, 4]


def test_json_may_hold_numbers(file: Any) -> None:
    path = file(json_line(**{"from": 13800138000, "message_id": 7, "room_size": 3}), "m.jsonl")
    assert seen(path) == [(1, "13800138000", "bob", 3)]


def refusal(path: Path) -> str:
    with pytest.raises(UnusableFile) as caught:
        check(path)
    return str(caught.value).replace(str(path), "FILE").replace(str(path.parent), "FOLDER")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "FILE is empty; its first line must be: message_id,sent_at,from,to."),
        (
            b"message_id,sent_at,from\n",
            "FILE, line 1: column to is missing; it must be message_id,sent_at,from,to[,room_size].",
        ),
        (
            b"a line of text\n",
            "FILE, line 1: column message_id is missing; it must be message_id,sent_at,from,to[,room_size].",
        ),
        (
            b"\n" + HEADER.encode(),
            "FILE, line 1: column message_id is missing; it must be message_id,sent_at,from,to[,room_size].",
        ),
        (
            b"message_id,sent_at,from,to,mood\n",
            "FILE, line 1: unknown column 'mood'; take it out, only message_id,sent_at,from,to[,room_size] are read.",
        ),
        (b"message_id,sent_at,from,to,to\n", "FILE, line 1: a column stands there twice."),
        (
            b"message_id,sent_at,from,to,Body\n",
            "FILE, line 1 holds message content (column body); export who, whom and when only.",
        ),
        (
            "message_id,sent_at,from,to,正文\n".encode(),
            "FILE, line 1 holds message content (column 正文); export who, whom and when only.",
        ),
        (b"\x89PNG\r\n\x1a\n\x00", "FILE, line 1: not UTF-8; save the file as UTF-8."),
        (HEADER.encode("utf-16"), "FILE, line 1: not UTF-8; save the file as UTF-8."),
        (b"PK\x03\x04\0\0", "FILE is neither CSV nor JSON Lines."),
        (
            (HEADER + LINE).encode() + b"m2,2026-09-01T08:00:00Z,Jos\xe9,bob\n",
            "FILE, line 3: not UTF-8; save the file as UTF-8.",
        ),
        (
            HEADER.encode() + b"m" * (LONGEST_LINE + 1),
            "FILE, line 2: longer than 100,000 bytes; this is neither CSV nor JSON Lines.",
        ),
        (
            (json_line() + json_line(Text="hello")).encode(),
            "FILE, line 2 holds message content (key text); export who, whom and when only.",
        ),
    ],
)
def test_a_file_that_is_none_is_refused_with_one_sentence(file: Any, content: bytes, sentence: str) -> None:
    assert refusal(file(content)) == sentence


@pytest.mark.parametrize("cut", [3, 30, -1, -9])
def test_a_truncated_gzip_file(file: Any, cut: int) -> None:
    whole = gzip.compress((HEADER + LINE * 3).encode())
    assert refusal(file(whole[:cut], "m.csv.gz")).startswith("FILE is a damaged or truncated gzip file (")


def test_a_damaged_gzip_file(file: Any) -> None:
    whole = bytearray(gzip.compress((HEADER + LINE * 3).encode()))
    whole[25] ^= 0xFF
    assert refusal(file(bytes(whole), "m.csv.gz")).startswith("FILE is a damaged or truncated gzip file (")


def test_a_folder_and_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert refusal(tmp_path) == "FILE is a folder, not a file."
    assert refusal(tmp_path / "none.csv") == "There is no file FILE."


def test_a_pipe_is_refused_before_anybody_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert (
        refusal(tmp_path / "pipe")
        == "FILE is a pipe or device; it is read twice, so save it as a file first."
    )


def test_a_file_without_end_is_given_up_early(tmp_path: Path) -> None:
    path = tmp_path / "zeros.csv"
    with path.open("wb") as file:
        file.truncate(20_000_000)  # sparse: no line feed anywhere
    assert refusal(path) == "FILE, line 1: longer than 100,000 bytes; this is neither CSV nor JSON Lines."
