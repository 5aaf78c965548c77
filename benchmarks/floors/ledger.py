"""One pass over the ledger in the order of who and when: what deriving from it cannot do without."""

from benchmarks import server

SORTED = """
SELECT count(*) FROM (
    SELECT sender, recipient, occurred_at FROM activity_interaction ORDER BY sender, recipient, occurred_at OFFSET 0
) AS sorted
"""


def pass_over() -> int:
    """Rows of the ledger."""
    return int(server.value(SORTED))
