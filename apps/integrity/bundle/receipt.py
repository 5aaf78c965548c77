"""One employee's receipt: whether their line is in the bundle."""

import json
from pathlib import Path
from typing import Any

from .content import Result, ranking_name
from .files import Say, Wrong, canonical, require
from .trees import leaf_hash, root_from

FORMAT = "bonus-tracker receipt 1"


def check_receipt(path: Path, manifest: dict[str, Any], results: list[Result], *, say: Say) -> None:
    try:
        receipt = json.loads(path.read_bytes())
        line, version, index = canonical(receipt["line"]), receipt["version"], receipt["index"]
        proof = [bytes.fromhex(each) for each in receipt["proof"]]
        root = root_from(leaf_hash(line), index, receipt["size"], proof)
        said = (receipt["format"], receipt["campaign"], receipt["sha256"], receipt["root"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Wrong(f"{path}: is no receipt, {error!r}") from error
    place = f"{path.name}"
    require(said[:2] == (FORMAT, manifest["campaign"]), place, "is of another campaign or format")
    result = next((each for each in results if each.version == version), None)
    if result is None:
        raise Wrong(f"{place}: the bundle has no version {version}")
    require(root is not None and root.hex() == said[3], place, "its proof does not lead to its root")
    here = result.lines[index] if index < len(result.lines) else b""
    where = f"{ranking_name(version)}, line {index + 1}"
    require(here == line, where, f"is not the line of the receipt, {line.decode()}")
    require(result.said["sha256"] == said[2], place, f"is of another version {version} than the bundle's")
    require(result.root == said[3], place, f"is of another version {version} than the bundle's")
    say(f"Receipt: {line.decode()} is {where}.")
