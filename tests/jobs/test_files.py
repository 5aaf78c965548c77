"""Files that are kept for a while: sealed, whole, and gone when their time is over."""

import gzip
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from apps.jobs import files
from apps.jobs.files import FileGone, content_of, copy_of, keep
from apps.jobs.models import KeptFile, Piece
from tests.faults.scenes import NOW

pytestmark = pytest.mark.django_db
SECRET = b"ann@firm.example wrote to ben@out.example\n"
UNTIL = NOW + timedelta(days=1)


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "BYTES_A_PIECE", 100)


def kept(content: bytes = SECRET * 20, name: str = "chat.csv") -> KeptFile:
    return keep([content[:7], content[7:250], b"", content[250:]], name=name, until=UNTIL)


@pytest.mark.parametrize("content", [b"", b"x", SECRET * 20, SECRET * 20 + b"end", bytes(100)])
def test_a_file_comes_back_as_it_was(content: bytes) -> None:
    file = kept(content)
    assert b"".join(content_of(file)) == content
    with copy_of(file) as copy:
        first, second = copy.open(), copy.open()
        assert first.read(3) == content[:3]
        assert second.read() == content
        assert first.read() == content[3:]
        assert str(copy) == copy.name == "chat.csv"
    assert file.size == len(content)


def test_a_packed_file_is_unpacked_from_its_copy() -> None:
    with copy_of(kept(gzip.compress(SECRET * 1000))) as copy, gzip.open(copy.open(), "rb") as unpacked:
        assert unpacked.read() == SECRET * 1000


def test_what_the_database_holds_says_nothing() -> None:
    kept()
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(content, '' ORDER BY number) FROM jobs_piece")
        content = bytes(cursor.fetchone()[0])
    assert len(content) > len(SECRET) * 20
    assert b"ann@firm" not in content
    assert b"example" not in content


def test_another_secret_key_opens_nothing(settings: Any) -> None:
    file = kept()
    settings.SECRET_KEY = "another secret key, as long as it has to be"
    with pytest.raises(FileGone, match="SECRET_KEY was changed"):
        list(content_of(file))


def test_pieces_that_changed_places_are_not_read() -> None:
    file = kept()
    first, second = Piece.objects.order_by("number")[:2]
    Piece.objects.filter(file=file, number=0).update(content=second.content)
    Piece.objects.filter(file=file, number=1).update(content=first.content)
    with pytest.raises(FileGone):
        list(content_of(file))


@pytest.mark.parametrize("number", [0, 3])
def test_a_file_of_which_a_piece_is_missing_is_gone(number: int) -> None:
    file = kept()
    Piece.objects.filter(number=number).delete()
    with pytest.raises(FileGone, match="no longer there"):
        list(content_of(file))


def test_a_copy_has_no_name_on_the_disk(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with copy_of(kept()) as copy:
        assert copy.open().read() == SECRET * 20
        assert list(tmp_path.iterdir()) == []
