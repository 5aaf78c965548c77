"""A tree of hashes over lines, as RFC 9162 section 2.1 has it: few hashes prove that a line is among millions."""

import hashlib
from collections.abc import Iterable
from typing import Self

HASH_BYTES = 32
EMPTY = hashlib.sha256().digest()


def leaf_hash(content: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """levels: hashes one after the other, leaves first; an odd last one goes up as it is. 64 bytes a leaf."""

    def __init__(self, leaves: bytes) -> None:
        self.levels = [leaves]
        while len(self.levels[-1]) > HASH_BYTES:
            self.levels.append(_above(self.levels[-1]))

    @classmethod
    def over(cls, contents: Iterable[bytes]) -> Self:
        leaves = bytearray()
        for content in contents:
            leaves += leaf_hash(content)
        return cls(bytes(leaves))

    @property
    def size(self) -> int:
        return len(self.levels[0]) // HASH_BYTES

    @property
    def root(self) -> bytes:
        return self.levels[-1] or EMPTY

    def inclusion(self, index: int) -> list[bytes]:
        """What proves that the leaf at `index`, from 0, is in the tree. Raises IndexError."""
        if not 0 <= index < self.size:
            raise IndexError(f"The tree has no leaf {index}, only {self.size}.")
        proof = []
        for level in self.levels[:-1]:
            if sibling := _at(level, index ^ 1):
                proof.append(sibling)
            index >>= 1
        return proof

    def consistency(self, size: int) -> list[bytes]:
        """What proves that the tree of the first `size` leaves grew into this one. Raises IndexError."""
        if not 0 < size <= self.size:
            raise IndexError(f"The tree of {self.size} leaves did not grow out of one of {size}.")
        return self._consistency(size, 0, self.size, whole=True)

    def _consistency(self, size: int, low: int, high: int, *, whole: bool) -> list[bytes]:
        """SUBPROOF of the RFC over the leaves low to high; whole: they are all of the older tree."""
        if size == high - low:
            return [] if whole else [self._range(low, high)]
        split = low + (1 << (high - low - 1).bit_length() - 1)
        if size <= split - low:
            return [*self._consistency(size, low, split, whole=whole), self._range(split, high)]
        rest = self._consistency(size - (split - low), split, high, whole=False)
        return [*rest, self._range(low, split)]

    def _range(self, low: int, high: int) -> bytes:
        """The root over leaves that are one of the tree's own parts."""
        height = (high - low - 1).bit_length()
        return _at(self.levels[height], low >> height)


def _above(level: bytes) -> bytes:
    above = bytearray()
    for start in range(0, len(level), 2 * HASH_BYTES):
        pair = level[start : start + 2 * HASH_BYTES]
        above += pair if len(pair) == HASH_BYTES else node_hash(pair[:HASH_BYTES], pair[HASH_BYTES:])
    return bytes(above)


def _at(level: bytes, index: int) -> bytes:
    return level[index * HASH_BYTES : (index + 1) * HASH_BYTES]
