"""Trees of hashes: the plain definition of RFC 9162 gives the same roots, and every proof is checked the other way."""

import hashlib

import pytest

from apps.audit.merkle import Tree, leaf_hash, node_hash
from apps.integrity.bundle import trees

CONTENTS = [f"line {n}".encode() for n in range(70)]
SIZES = range(1, 36)


def root_by_definition(contents: list[bytes]) -> bytes:
    if not contents:
        return hashlib.sha256().digest()
    if len(contents) == 1:
        return leaf_hash(contents[0])
    split = 1
    while split * 2 < len(contents):
        split *= 2
    return node_hash(root_by_definition(contents[:split]), root_by_definition(contents[split:]))


@pytest.mark.parametrize("size", range(70))
def test_the_root_is_the_rfc_s(size: int) -> None:
    expected = root_by_definition(CONTENTS[:size])
    assert Tree.over(CONTENTS[:size]).root == expected
    assert trees.tree_root([trees.leaf_hash(each) for each in CONTENTS[:size]]) == expected


def test_the_root_of_known_leaves_is_the_one_that_others_have() -> None:
    """The test vectors of Certificate Transparency."""
    known = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
    tree = Tree.over(map(bytes.fromhex, known))
    assert tree.root.hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    assert Tree(b"").root.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_every_line_is_proven_and_no_other() -> None:
    for size in SIZES:
        tree = Tree.over(CONTENTS[:size])
        for index in range(size):
            leaf, proof = leaf_hash(CONTENTS[index]), tree.inclusion(index)
            assert trees.root_from(leaf, index, size, proof) == tree.root
            for other in range(size):
                if other != index:
                    assert trees.root_from(leaf, other, size, proof) != tree.root
            assert trees.root_from(leaf_hash(b"other"), index, size, proof) != tree.root
            assert trees.root_from(leaf, index, size, [*proof, bytes(32)]) != tree.root
            assert trees.root_from(leaf, index, size, proof[:-1]) != tree.root or not proof
            assert trees.root_from(leaf, index + size, size, proof) is None


def test_every_beginning_is_proven_and_no_other() -> None:
    for size in SIZES:
        tree = Tree.over(CONTENTS[:size])
        for older in range(1, size + 1):
            root, proof = Tree.over(CONTENTS[:older]).root, tree.consistency(older)
            assert trees.grew(older, root, size, tree.root, proof)
            assert not trees.grew(older, leaf_hash(b"other"), size, tree.root, proof)
            assert not trees.grew(older, root, size, leaf_hash(b"other"), proof)
            assert not trees.grew(older, root, size, tree.root, [*proof, bytes(32)])
            if proof:
                assert not trees.grew(older, root, size, tree.root, proof[:-1])
            if older < size:
                assert not trees.grew(size, tree.root, older, root, proof)


@pytest.mark.parametrize("index", [-1, 3, 99])
def test_there_is_no_proof_of_what_is_not_there(index: int) -> None:
    tree = Tree.over(CONTENTS[:3])
    with pytest.raises(IndexError, match=f"no leaf {index}, only 3"):
        tree.inclusion(index)
    with pytest.raises(IndexError, match="did not grow out of one of"):
        tree.consistency(0)
