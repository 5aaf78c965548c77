"""Pairs as two bigints, counted by the rule of two days each and three in all, and ranked: one SELECT."""

from django.db import connection


def select(days: int, window_days: int) -> str:
    """The statement for the last `window_days` of a history of `days`; its bits are numbered from the first."""
    window = (1 << days) - (1 << max(0, days - window_days))
    return f"""
        SELECT employee_id, n, rank() OVER (ORDER BY n DESC) FROM (
            SELECT employee_id, count(*) AS n
            FROM (SELECT employee_id, sent & {window} AS s, received & {window} AS r,
                (sent | received) & {window} AS a FROM bench.pair) AS cut
            WHERE s & (s - 1) <> 0 AND r & (r - 1) <> 0 AND bit_count(a::bit(64)) >= 3
            GROUP BY employee_id
        ) AS counted
    """


def rank(statement: str) -> list[tuple[int, int, int]]:
    """(employee, contacts, rank) of everybody with one."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()
