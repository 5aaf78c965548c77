"""The audit entries of a bundle: unchanged, in the signed log, and the log never rewritten in between."""

import hashlib
from typing import Any

from .ed25519 import signature_holds
from .files import Bundle, Say, canonical, require
from .trees import grew, leaf_hash, root_from

ENTRIES, HEADS = "audit.ndjson", "heads.ndjson"
HEAD_FORMAT = "bonus-tracker audit head 1"


class Log(list[dict[str, Any]]):
    """The entries about the campaign, oldest first."""

    def named(self, *actions: str) -> "Log":
        return Log(entry for entry in self if entry["action"] in actions)


def check_log(bundle: Bundle, manifest: dict[str, Any], *, head: str, say: Say) -> Log:
    size, root = manifest["audit"]["size"], bytes.fromhex(manifest["audit"]["root"])
    log = Log()
    for line, row in enumerate(bundle.rows(ENTRIES), start=1):
        place = f"{ENTRIES}, line {line}, entry {row['entry']['number']}"
        digest = hashlib.sha256(canonical(row["entry"])).digest()
        require(digest.hex() == row["hash"], place, "is not what its hash was made of")
        proof = [bytes.fromhex(each) for each in row["proof"]]
        found = root_from(leaf_hash(digest), row["entry"]["number"] - 1, size, proof)
        require(found == root, place, "is not in the log whose root was signed")
        require(not log or log[-1]["number"] < row["entry"]["number"], place, "is out of order")
        log.append(row["entry"])
    say(f"Audit log: {len(log)} entries are unchanged, and among the {size} of the signed log.")
    _check_heads(bundle, size, root, head, say)
    return log


def _check_heads(bundle: Bundle, size: int, root: bytes, head: str, say: Say) -> None:
    known = {root.hex()}
    for line, row in enumerate(bundle.rows(HEADS), start=1):
        place, signed = f"{HEADS}, line {line}", row["head"]
        holds = signature_holds(bytes.fromhex(row["key"]), canonical(signed), bytes.fromhex(row["signature"]))
        require(holds and signed["format"] == HEAD_FORMAT, place, "is no head that was signed")
        proof = [bytes.fromhex(each) for each in row["proof"]]
        older = bytes.fromhex(signed["root"])
        require(grew(signed["size"], older, size, root, proof), place, "is no beginning of the log")
        known.add(signed["root"])
    say(f"Heads: {len(known) - 1} that were signed earlier are beginnings of the log.")
    require(head.lower() in {"", *known}, HEADS, f"the log never had the root {head}")
