"""The audit entries of a bundle, each with the proof that it is in the log that is signed."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from apps.audit.heads import signed_content, tree_of_log
from apps.audit.merkle import Tree
from apps.audit.models import Entry, SignedHead
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

    def heads(self) -> Iterator[Any]:
        """What was signed earlier, each with the proof that the log began so."""
        for head in SignedHead.objects.filter(size__lte=self.tree.size, size__gt=0).order_by("day"):
            proof = [each.hex() for each in self.tree.consistency(head.size)]
            yield {"head": signed_content(head), "key": head.key, "signature": head.signature, "proof": proof}


def log_about(subject: str) -> Log:
    """Raises BrokenLog."""
    if problem := verify().problem:
        raise BrokenLog(f"The audit log does not hold: {problem}.")
    newest = Entry.objects.about(subject).values_list("number", flat=True).last() or 0
    return Log(subject, tree_of_log(newest))
