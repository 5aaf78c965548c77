"""Trees of hashes and their proofs, checked: RFC 9162 sections 2.1.1, 2.1.3.2 and 2.1.4.2."""

import hashlib
from itertools import zip_longest


def leaf_hash(content: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + content).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def tree_root(leaves: list[bytes]) -> bytes:
    while len(leaves) > 1:
        pairs = zip_longest(leaves[::2], leaves[1::2])
        leaves = [left if right is None else _node(left, right) for left, right in pairs]
    return leaves[0] if leaves else hashlib.sha256().digest()


def root_from(leaf: bytes, index: int, size: int, proof: list[bytes]) -> bytes | None:
    """The root that a proof leads to, or None when it is not of the right length."""
    here, last = index, size - 1
    for sibling in proof:
        if last == 0:
            return None
        if here & 1 or here == last:
            leaf = _node(sibling, leaf)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            leaf = _node(leaf, sibling)
        here, last = here >> 1, last >> 1
    return leaf if last == 0 and 0 <= index < size else None


def grew(size: int, root: bytes, new_size: int, new_root: bytes, proof: list[bytes]) -> bool:
    """Whether the tree of the first `size` leaves became the new one by additions alone."""
    if size == new_size or not 0 < size < new_size:
        return size == new_size and root == new_root and not proof
    here, last = size - 1, new_size - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    path = [root, *proof] if size & (size - 1) == 0 else proof
    if not path:
        return False
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            old, new = _node(sibling, old), _node(sibling, new)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            new = _node(new, sibling)
        here, last = here >> 1, last >> 1
    return last == 0 and (old, new) == (root, new_root)
