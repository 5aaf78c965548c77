"""verify.py: what it is asked, and what it answers."""

import argparse
import sys
from pathlib import Path
from typing import IO

from .audit import check_log
from .content import check_content
from .decided import check_decided
from .files import Bundle, Say, Wrong, check_files
from .receipt import check_receipt


def main(arguments: list[str]) -> int:
    """0 when all holds; 1 with the first thing wrong on standard error."""
    parser = argparse.ArgumentParser(prog="verify.py", description="Check a bundle of evidence.")
    here = Path(__file__).resolve().parent.parent
    parser.add_argument("bundle", nargs="?", type=Path, default=here, help="BUNDLE.zip, or its folder")
    parser.add_argument("--key", default="", help="the signer's public key, known from elsewhere")
    parser.add_argument("--head", default="", help="a root of the audit log, known from elsewhere")
    parser.add_argument("--receipt", type=Path, help="one employee's receipt")
    asked = parser.parse_args(arguments)
    try:
        check(asked.bundle, key=asked.key, head=asked.head, receipt=asked.receipt, say=say)
    except Wrong as wrong:
        sys.stderr.write(f"WRONG: {wrong}\n")
        return 1
    sys.stdout.write("Everything holds.\n")
    return 0


def check(
    place: Path | IO[bytes], *, key: str = "", head: str = "", receipt: Path | None = None, say: Say
) -> None:
    """Say each thing that holds. Raises Wrong."""
    bundle = Bundle(place)
    manifest = check_files(bundle, key=key, say=say)
    log = check_log(bundle, manifest, head=head, say=say)
    results = check_content(bundle, manifest, log, say=say)
    check_decided(bundle, manifest, log, results, say=say)
    if receipt:
        check_receipt(receipt, manifest, results, say=say)


def say(text: str) -> None:
    sys.stdout.write(f"  {text}\n")
    sys.stdout.flush()
