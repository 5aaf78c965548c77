"""Write a bundle: the same content gives the same bytes, in the memory of one line."""

import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from apps.audit.services import canonical
from apps.audit.signing import Signer
from apps.integrity.bundle.files import LINES, MANIFEST, MARK, SIGNATURE

LONG_AGO = (1980, 1, 1, 0, 0, 0)  # of every file, so that the hour of writing changes no byte
READABLE = 0o100644 << 16


class Archive:
    def __init__(self, place: Path | IO[bytes]) -> None:
        """place: where nothing is yet."""
        self.zip = zipfile.ZipFile(place, "x")
        self.files: dict[str, dict[str, Any]] = {}
        self.marks: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: BaseException | TracebackType | None) -> None:
        self.zip.close()

    def rows(self, name: str, rows: Iterable[Any]) -> None:
        """Canonical JSON, one a line."""
        self.lines(name, (canonical(row).encode() + b"\n" for row in rows))

    def text(self, name: str, content: bytes) -> None:
        self.lines(name, content.splitlines(keepends=True))

    def lines(self, name: str, lines: Iterable[bytes]) -> None:
        """Each with its end."""
        whole, size, marks = hashlib.sha256(), 0, []
        with self.zip.open(_entry(name), "w", force_zip64=True) as file:
            for line in lines:
                file.write(line)
                whole.update(line)
                size += len(line)
                marks.append(hashlib.sha256(line).hexdigest()[:MARK])
        self.files[name] = {"size": size, "sha256": whole.hexdigest()}
        self.marks[name] = "".join(marks)

    def seal(self, manifest: dict[str, Any], signer: Signer) -> None:
        """What says what was written, signed."""
        self.rows(LINES, list(self._marks()))
        content = canonical(manifest | {"key": signer.public, "files": self.files}).encode() + b"\n"
        self.zip.writestr(_entry(MANIFEST), content)
        self.zip.writestr(_entry(SIGNATURE), f"{signer.sign(content)}\n")

    def _marks(self) -> Iterator[dict[str, str]]:
        for name, marks in self.marks.items():
            yield {"file": name, "marks": marks}


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, LONG_AGO)
    entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, READABLE, 3
    return entry
