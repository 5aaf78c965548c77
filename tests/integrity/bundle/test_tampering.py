"""Whatever is changed in a bundle is found, and its place is named."""

import json
import random
import shutil
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from itertools import zip_longest
from pathlib import Path

import pytest

from apps.integrity.bundle import files
from apps.integrity.bundle.files import LINES, MANIFEST, SIGNATURE, Bundle, Wrong, check_files
from tests.integrity.bundle.stories import export, final_contest, first_wrong, key

pytestmark = pytest.mark.django_db
SMALL = 400  # bytes: every bit is flipped; of larger files, random bytes
RANDOM_BYTES = 10_000


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """Unpacked."""
    path, folder = export(final_contest(), tmp_path, key(tmp_path)), tmp_path / "bundle"
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    assert first_wrong(folder) == ""
    return folder


class Held(Bundle):
    """A bundle in memory, of which one file at a time is changed."""

    def __init__(self, folder: Path) -> None:
        self.path = folder
        self.content = {
            p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
        }
        self.listed = json.loads(self.content[MANIFEST])["files"]

    def names(self) -> list[str]:
        return list(self.content)

    def lines(self, name: str) -> Iterator[bytes]:
        return iter(
            self.content[name].splitlines(keepends=True) if name in self.listed else [self.content[name]]
        )

    def assert_found(self, name: str, changed: bytes) -> None:
        """The check that meets this file names it, and its first line that differs."""
        original = self.content[name]
        self.content[name] = changed
        check = partial(files._check_file, self, name, self.listed.get(name))
        if name not in self.listed:
            check = partial(check_files, self, key="", say=lambda text: None)
        with pytest.raises(Wrong) as wrong:
            check()
        self.content[name] = original
        said = str(wrong.value)
        assert said.startswith("manifest." if name == SIGNATURE else name), (name, said)
        if name not in (MANIFEST, SIGNATURE, LINES):
            assert f"line {first_difference(original, changed)}" in said, (name, said)


def first_difference(original: bytes, changed: bytes) -> int:
    """The number of the first line that differs, from 1."""
    pairs = zip_longest(original.splitlines(keepends=True), changed.splitlines(keepends=True))
    return next(number for number, (one, other) in enumerate(pairs, start=1) if one != other)


@pytest.fixture
def held(bundle: Path) -> Held:
    return Held(bundle)


def wrong_file(folder: Path) -> str:
    """As first_wrong, by files and signature alone, which come first."""
    try:
        check_files(Bundle(folder), key="", say=lambda text: None)
    except Wrong as wrong:
        return str(wrong)
    return ""


def all_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_every_bit_of_small_files_matters(held: Held) -> None:
    flipped = 0
    for name, content in list(held.content.items()):
        if len(content) > SMALL:
            continue
        for bit in range(8 * len(content)):
            changed = bytearray(content)
            changed[bit // 8] ^= 1 << bit % 8
            held.assert_found(name, bytes(changed))
            flipped += 1
    assert flipped > 5_000


def test_random_bytes_of_large_files_matter(held: Held) -> None:
    luck = random.Random(10_000)
    large = [(name, content) for name, content in held.content.items() if len(content) > SMALL]
    for _ in range(RANDOM_BYTES):
        name, content = luck.choice(large)
        changed = bytearray(content)
        changed[luck.randrange(len(content))] ^= luck.randrange(1, 256)
        held.assert_found(name, bytes(changed))


def dropped(lines: list[bytes], n: int) -> list[bytes]:
    return lines[:n] + lines[n + 1 :]


def repeated(lines: list[bytes], n: int) -> list[bytes]:
    return lines[: n + 1] + lines[n:]


def swapped(lines: list[bytes], n: int) -> list[bytes]:
    other = (n + 1) % len(lines)
    new = list(lines)
    new[n], new[other] = new[other], new[n]
    return new


@pytest.mark.parametrize("change", [dropped, repeated, swapped])
def test_lines_are_neither_dropped_nor_repeated_nor_swapped(
    held: Held, change: Callable[[list[bytes], int], list[bytes]]
) -> None:
    found = 0
    for name, content in list(held.content.items()):
        lines = content.splitlines(keepends=True)
        for n in range(len(lines)):
            changed = b"".join(change(lines, n))
            if changed != content:
                held.assert_found(name, changed)
                found += 1
    assert found > 100


def test_files_are_neither_missing_nor_added_nor_exchanged(bundle: Path) -> None:
    for path in all_files(bundle):
        name, aside = path.relative_to(bundle).as_posix(), bundle.parent / "aside"
        shutil.move(path, aside)
        assert wrong_file(bundle).startswith(f"{name}: ")
        shutil.move(aside, path)
    (bundle / "more.txt").write_text("x")
    assert wrong_file(bundle) == "more.txt: does not belong to the bundle"


def test_a_file_that_is_zipped_twice_is_found(tmp_path: Path) -> None:
    path = export(final_contest(), tmp_path, key(tmp_path))
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("input.ndjson", "[]")
    assert first_wrong(path) == "input.ndjson: is there twice"


def test_a_damaged_archive_is_named_or_its_content_is_what_was_signed(tmp_path: Path) -> None:
    """Some bytes of an archive, such as the hour, say nothing about a file's content."""
    path = export(final_contest(), tmp_path, key(tmp_path))
    with zipfile.ZipFile(path) as archive:
        signed = {name: archive.read(name) for name in archive.namelist()}
    content, luck = path.read_bytes(), random.Random(7)
    for _ in range(100):
        changed = bytearray(content)
        changed[luck.randrange(len(content))] ^= 1 << luck.randrange(8)
        path.write_bytes(changed)
        if not first_wrong(path):
            with zipfile.ZipFile(path) as archive:
                assert {name: archive.read(name) for name in archive.namelist()} == signed


def test_what_somebody_else_signed_is_not_ours(tmp_path: Path) -> None:
    it, ours = final_contest(), key(tmp_path)
    (tmp_path / "other").mkdir()
    forged = export(it, tmp_path, key(tmp_path / "other"))
    assert first_wrong(forged) == ""
    assert "is signed by the key" in first_wrong(forged, key=ours.public)
    assert first_wrong(export(it, tmp_path, ours, "ours.zip"), key=ours.public.upper()) == ""
