"""The files of a bundle, whether they are what was signed, and the place of what is not."""

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from itertools import pairwise, zip_longest
from pathlib import Path
from typing import IO, Any, Protocol

from .ed25519 import signature_holds

FORMAT = "bonus-tracker evidence 2"
MANIFEST, SIGNATURE, LINES = "manifest.json", "manifest.sig", "lines.ndjson"
MARK = 12  # hexadecimal digits of a line's SHA-256, to find the line that differs
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError)
Say = Callable[[str], None]


class Wrong(Exception):
    """The first thing that does not hold; the sentence names its place."""


def require(holds: bool, place: str, what: str) -> None:
    if not holds:
        raise Wrong(f"{place}: {what}")


def canonical(content: Any) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


class Recorded(Protocol):
    """Whatever has rows by the name of their file: a bundle, or the database of the program itself."""

    def rows(self, name: str) -> Iterator[Any]: ...


class Bundle:
    """The files of a bundle, zipped or not; place: where it is, or open for reading."""

    def __init__(self, place: Path | IO[bytes]) -> None:
        try:
            self.folder = place if isinstance(place, Path) and place.is_dir() else None
            self.zip = None if self.folder else zipfile.ZipFile(place)
        except (OSError, *UNREADABLE) as error:
            where = place if isinstance(place, Path) else "the file"
            raise Wrong(f"{where}: no bundle, {error}") from error

    def names(self) -> list[str]:
        if self.zip:
            return [each.filename for each in self.zip.infolist()]
        assert self.folder
        return [p.relative_to(self.folder).as_posix() for p in self.folder.rglob("*") if not p.is_dir()]

    def lines(self, name: str) -> Iterator[bytes]:
        """Each as it is, with its end."""
        try:
            with self._opened(name) as file:
                yield from file
        except (OSError, KeyError, *UNREADABLE) as error:
            raise Wrong(f"{name}: cannot be read, {error}") from error

    def _opened(self, name: str) -> IO[bytes]:
        if self.zip:
            return self.zip.open(name)
        assert self.folder
        return (self.folder / name).open("rb")

    def read(self, name: str) -> bytes:
        return b"".join(self.lines(name))

    def rows(self, name: str) -> Iterator[Any]:
        return (json.loads(line) for line in self.lines(name))


def check_files(bundle: Bundle, *, key: str, say: Say) -> dict[str, Any]:
    """The manifest, once its signature and every file that it lists hold."""
    manifest = _signed_manifest(bundle, key)
    say(f"Signature: holds, by the key {manifest['key']}.")
    if not key:
        say("           Compare this key with the one that the company published, or give it with --key.")
    listed = manifest["files"]
    there = sorted(bundle.names())
    for name, again in pairwise(there):
        require(name != again, name, "is there twice")
    for name in sorted({MANIFEST, SIGNATURE, *listed} - set(there)):
        raise Wrong(f"{name}: is missing")
    for name in sorted(set(there) - {MANIFEST, SIGNATURE, *listed}):
        raise Wrong(f"{name}: does not belong to the bundle")
    for name in sorted(listed, key=lambda name: (name != LINES, name)):
        _check_file(bundle, name, listed[name])
    say(f"Files: all {len(listed)} are what was signed.")
    return manifest


def _signed_manifest(bundle: Bundle, key: str) -> dict[str, Any]:
    content, signature = bundle.read(MANIFEST), bundle.read(SIGNATURE)
    require(bool(re.fullmatch(rb"[0-9a-f]{128}\n", signature)), SIGNATURE, "holds no signature")
    try:
        manifest = json.loads(content)
        public = bytes.fromhex(manifest["key"])
    except (ValueError, KeyError, TypeError) as error:
        raise Wrong(f"{MANIFEST}: is not what was signed, {error!r}") from error
    holds = signature_holds(public, content, bytes.fromhex(signature.decode()))
    require(holds, MANIFEST, "is not what was signed, or its signature was changed")
    require(manifest["format"] == FORMAT, MANIFEST, f"is of another format than {FORMAT}")
    require(
        key.lower() in ("", manifest["key"]), MANIFEST, f"is signed by the key {manifest['key']}, not {key}"
    )
    return dict(manifest)


def _check_file(bundle: Bundle, name: str, listed: dict[str, Any]) -> None:
    digest, size = hashlib.sha256(), 0
    try:
        for line in bundle.lines(name):
            digest.update(line)
            size += len(line)
    except Wrong:
        _name_line(bundle, name)
        raise
    if (digest.hexdigest(), size) != (listed["sha256"], listed["size"]):
        _name_line(bundle, name)
        raise Wrong(f"{name}: is not what was signed")


def _name_line(bundle: Bundle, name: str) -> None:
    """Raise Wrong with the first line that differs, by the marks that the bundle keeps of lines."""
    if name == LINES:
        return
    marks = next(row["marks"] for row in bundle.rows(LINES) if row["file"] == name)
    known = (marks[n : n + MARK] for n in range(0, len(marks), MARK))
    for number, (mark, line) in enumerate(zip_longest(known, bundle.lines(name)), start=1):
        if line is None:
            raise Wrong(f"{name}: line {number} is missing")
        if mark is None:
            raise Wrong(f"{name}: line {number} does not belong there")
        require(
            hashlib.sha256(line).hexdigest()[:MARK] == mark,
            f"{name}, line {number}",
            "is not what was signed",
        )
