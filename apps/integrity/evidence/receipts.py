"""What an employee keeps: their own line of a version, with the proof that it is among all lines."""

from typing import Any

from apps.audit.merkle import Tree
from apps.audit.services import canonical
from apps.integrity.bundle.receipt import FORMAT
from apps.integrity.evidence import parts
from apps.ranking.models import FixedEmployee, Result


def receipt(result: Result, employee_id: int) -> dict[str, Any] | None:
    """For `verify.py --receipt`; None for who does not take part. Reads the whole ranking, 0.2 s for 30,000."""
    fixed = FixedEmployee.objects.filter(campaign=result.campaign_id, employee=employee_id).first()
    if fixed is None:
        return None
    lines = list(parts.places(result))
    index = next(n for n, line in enumerate(lines) if line["employee"] == fixed.number)
    tree = Tree.over(canonical(line).encode() for line in lines)
    return {
        "format": FORMAT,
        "campaign": result.campaign.slug,
        "version": result.version,
        "sha256": result.sha256,
        "line": lines[index],
        "index": index,
        "size": tree.size,
        "root": tree.root.hex(),
        "proof": [each.hex() for each in tree.inclusion(index)],
    }
