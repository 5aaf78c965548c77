"""Files that wait for a worker, or for whoever asked for them: sealed, in pieces, for a while.

They hold what this database never does otherwise, handles as they are written. So what stands in it, and in its
backups, cannot be read without SECRET_KEY.
"""

import io
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from apps.jobs.models import LONGEST_NAME, KeptFile, Piece

BYTES_A_PIECE = 1 << 20
NONCE_BYTES = 12


class FileGone(Exception):
    """One sentence."""


@transaction.atomic
def keep(chunks: Iterable[bytes], *, name: str, until: datetime) -> KeptFile:
    """chunks: of any size, one after the other."""
    file = KeptFile.objects.create(name=name[-LONGEST_NAME:], size=0, sha256="", kept_until=until)
    digest = sha256()
    for number, content in enumerate(_in_pieces(chunks)):
        digest.update(content)
        file.size += len(content)
        Piece.objects.create(file=file, number=number, content=_sealed(file, number, content))
    file.sha256 = digest.hexdigest()
    file.save(update_fields=["size", "sha256"])
    return file


def content_of(file: KeptFile) -> Iterator[bytes]:
    """Piece by piece. Raises FileGone when one is missing or cannot be read any more."""
    size = 0
    pieces = Piece.objects.filter(file=file).order_by("number")
    for number in pieces.values_list("number", flat=True):
        found = pieces.filter(number=number).values_list("content", flat=True).first()
        if found is None:
            raise FileGone(_("The file is no longer there."))
        content = _opened(file, number, bytes(found))
        size += len(content)
        yield content
    if size != file.size:
        raise FileGone(_("The file is no longer there."))


class Copy:
    """A copy on this machine's disk that has no name there: it is gone with its process, however that ends.

    Opened for reading as a Path is, as often as wanted.
    """

    def __init__(self, of: KeptFile, file: IO[bytes]) -> None:
        self.name, self.sha256 = of.name, of.sha256
        self._file = file

    def __str__(self) -> str:
        return self.name

    def open(self, _mode: str = "rb") -> io.BufferedReader:
        return io.BufferedReader(_View(self._file.fileno()))


class _View(io.RawIOBase):
    """Reads at a place of its own."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor, self._at = descriptor, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        begin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: os.fstat(self._descriptor).st_size}
        self._at = begin[whence] + offset
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        content = os.pread(self._descriptor, len(buffer), self._at)
        buffer[: len(content)] = content
        self._at += len(content)
        return len(content)


@contextmanager
def copy_of(file: KeptFile | None) -> Iterator[Copy]:
    """file: of a job, which has none any more once it was dropped. Raises FileGone."""
    if file is None:
        raise FileGone(_("The file is no longer there."))
    with tempfile.TemporaryFile() as copy:
        for content in content_of(file):
            copy.write(content)
        copy.flush()
        yield Copy(file, copy)


def _in_pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    waiting = bytearray()
    for chunk in chunks:
        waiting += chunk
        while len(waiting) >= BYTES_A_PIECE:
            yield bytes(waiting[:BYTES_A_PIECE])
            del waiting[:BYTES_A_PIECE]
    if waiting:
        yield bytes(waiting)


def _sealed(file: KeptFile, number: int, content: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _cipher(settings.SECRET_KEY).encrypt(nonce, content, _place(file, number))


def _opened(file: KeptFile, number: int, content: bytes) -> bytes:
    nonce, sealed = content[:NONCE_BYTES], content[NONCE_BYTES:]
    try:
        return _cipher(settings.SECRET_KEY).decrypt(nonce, sealed, _place(file, number))
    except InvalidTag:
        raise FileGone(_("The file cannot be read any more, since SECRET_KEY was changed.")) from None


def _place(file: KeptFile, number: int) -> bytes:
    """Sealed with it, so that no piece can be read in the place of another."""
    return f"{file.pk}/{number}".encode()


@cache
def _cipher(secret: str) -> AESGCM:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"bonus_tracker kept files")
    return AESGCM(key.derive(secret.encode()))
