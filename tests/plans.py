"""What PostgreSQL reads to answer a question."""

from typing import Any

from django.db import connection


def most_rows(question: str, parameters: Any = None) -> float:
    """Of what any part of its plan reads, all of the part's loops together."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {question}", parameters)
        (plan,) = cursor.fetchone()
    return _most_rows(plan[0]["Plan"])


def _most_rows(node: dict[str, Any]) -> float:
    passed_over = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Join Filter", 0)
    read: float = (node["Actual Rows"] + passed_over) * node["Actual Loops"]
    return max([read, *map(_most_rows, node.get("Plans", []))])
