"""Wrong files and options: one sentence, an exit status that says so, nothing kept."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.core.management import CommandError
from django.db import connection

from apps.activity.models import Delivery
from apps.sources import importing
from tests.factories import make_employee
from tests.sources.helpers import line, nothing_there, run

pytestmark = pytest.mark.django_db

SENT = '{"message_id": "m", "sent_at": "2026-09-01T08:00:00Z", "from": "ann", "to": "bob"'


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            ["--platform", "a b"],
            "'a b' is no name of a platform; it must be letters and digits, such as im.",
        ),
        (["--source", " "], "A source needs a name of at most 80 characters; choose another one."),
        (
            ["--source", "x" * 81],
            "A source needs a name of at most 80 characters; choose another one.",
        ),
    ],
)
def test_a_wrong_option_is_refused(file: Any, options: list[str], sentence: str) -> None:
    with pytest.raises(CommandError) as caught:
        run(file(line("ann", "bob")), *options)
    assert str(caught.value) == sentence
    assert nothing_there()


def test_a_source_keeps_its_platform(file: Any) -> None:
    run(file(line("ann", "bob")), "--platform", "wecom")
    with pytest.raises(CommandError) as caught:
        run(file(line("ann", "bob"), name="other.csv"), "--platform", "im")
    assert str(caught.value) == "Source chat is of platform wecom, not im; use another source name."
    assert Delivery.objects.count() == 1


def test_a_late_line_of_content_leaves_nothing_behind(file: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    sent = '{"message_id": "m", "sent_at": "2026-09-01T08:00:00Z", "from": "ann", "to": "bob"'
    path = file(*[sent + "}"] * 9, sent + ', "body": "hello"}', name="m.jsonl", header="")
    with pytest.raises(CommandError) as caught:
        run(path)
    assert (
        str(caught.value)
        == f"{path}, line 10 holds message content (key body); export who, whom and when only."
    )
    assert nothing_there()


def refusal(path: Path, *options: str) -> str:
    with pytest.raises(CommandError) as caught:
        run(path, *options)
    return str(caught.value).replace(str(path), "FILE")


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (
            ["ann,bob"],
            "FILE: 1 of 1 lines cannot be read (line 2: 2 columns instead of 5); "
            "each must hold message_id,sent_at,from,to[,room_size].",
        ),
        (
            ["", line("ann", "bob", at="2026-09-01 08:00"), *["ann,bob"] * 1999],
            "FILE: 2,000 of 2,000 lines cannot be read (line 3: sent_at has no offset from UTC, such as Z or "
            "+08:00); each must hold message_id,sent_at,from,to[,room_size].",
        ),
    ],
)
def test_a_file_of_which_no_line_can_be_read_is_refused(file: Any, lines: list[str], sentence: str) -> None:
    assert refusal(file(*lines)) == sentence
    assert nothing_there()


def test_so_is_one_of_json(file: Any) -> None:
    lines = ["{", '"message_id": "m",', '"sent_at": "2026-09-01T08:00:00Z"', "}"]
    assert refusal(file(*lines, name="pretty.json", header="")) == (
        "FILE: 4 of 4 lines cannot be read (line 1: not a JSON object); "
        "each must hold message_id,sent_at,from,to[,room_size]."
    )
    assert nothing_there()


def test_with_one_line_that_can_be_read_the_others_wait_for_a_decision(file: Any) -> None:
    make_employee("ann@firm.example")
    run(file(*["broken"] * 5, line("ann@firm.example", "c1@out.example"), "broken"))
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.counted, delivery.quarantined) == ("applied", 1, 6)


def test_a_file_without_lines_is_no_mistake_and_keeps_nothing(file: Any) -> None:
    for path in (file(), file("", "   ", name="blank.csv")):
        out, err = run(path)
        assert out == f"{path} has no lines below its header: nothing was imported.\n"
        assert err == "To record that nothing was sent in some time, give --covers FROM/TO.\n"
    assert nothing_there()


@pytest.mark.parametrize("at", [1, 3])
@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        (
            "device",
            "unknown key 'device'; take it out, only message_id,sent_at,from,to[,room_size] are read.",
        ),
        ("From", "unknown key 'From'; take it out, only message_id,sent_at,from,to[,room_size] are read."),
        (
            "see you at nine",
            "unknown key with a name of other characters; take it out, only message_id,sent_at,from,to[,room_size] "
            "are read.",
        ),
    ],
)
def test_json_has_no_other_keys(file: Any, at: int, key: str, sentence: str) -> None:
    lines = [SENT + "}"] * 4
    lines[at - 1] = f'{SENT}, "{key}": "phone"}}'
    assert refusal(file(*lines, name="m.jsonl", header="")) == f"FILE, line {at}: {sentence}"
    assert nothing_there()


@pytest.mark.parametrize("key", ["body", "Text", " subject ", "content", "正文"])
def test_json_has_no_content_on_any_line(file: Any, key: str) -> None:
    path = file(SENT + "}", f'{SENT}, "{key}": "hello"}}', name="m.jsonl", header="")
    said = f"FILE, line 2 holds message content (key {key.strip().lower()}); export who, whom and when only."
    assert refusal(path) == said
    assert nothing_there()


def test_the_shell_sees_one_sentence_and_a_status(tmp_path: Path) -> None:
    """In a process of its own, against the database of these tests."""
    keys = {name: getattr(settings, name) for name in ("REDIS_URL", "SECRET_KEY", "PSEUDONYM_KEY")}
    known = connection.get_connection_params()
    where = urlencode({name: known[name] for name in ("host", "port", "user", "password") if known.get(name)})
    url = f"postgresql:///{known['dbname']}?{where}"
    done = subprocess.run(
        [sys.executable, "manage.py", "import_interactions", str(tmp_path), "--source", "chat"],
        cwd=Path(__file__).parents[2],
        env=os.environ | keys | {"DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"CommandError: {tmp_path} is a folder, not a file.\n"
