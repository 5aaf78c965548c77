"""The audit entries of a bundle, each with the proof that it is in the log that is signed."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from apps.audit.merkle import Tree
from apps.audit.models import Entry
from apps.audit.services import content_of, verify


class BrokenLog(Exception):
    """The audit log does not hold; the sentence names the entry."""


class Log(NamedTuple):
    """The log up to the newest entry about a campaign: what comes later about others changes no byte."""

    subject: str
    tree: Tree

    @property
    def root(self) -> str:
        return self.tree.root.hex()

    def entries(self) -> Iterator[Any]:
        for entry in Entry.objects.about(self.subject).filter(number__lte=self.tree.size).iterator():
            proof = [each.hex() for each in self.tree.inclusion(entry.number - 1)]
            yield {"entry": content_of(entry), "hash": entry.hash, "proof": proof}


def log_about(subject: str) -> Log:
    """Raises BrokenLog."""
    if problem := verify().problem:
        raise BrokenLog(f"The audit log does not hold: {problem}.")
    newest = Entry.objects.about(subject).values_list("number", flat=True).last() or 0
    return Log(subject, tree_of_log(newest))


def tree_of_log(size: int) -> Tree:
    """Over the hashes of the first `size` entries; 64 bytes of memory an entry."""
    hashes = Entry.objects.filter(number__lte=size).order_by("number").values_list("hash", flat=True)
    return Tree.over(bytes.fromhex(each) for each in hashes.iterator())
