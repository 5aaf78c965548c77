"""Contacts of whom nothing is said any more are forgotten: after a withdrawal, or when their ties and ledger went."""

from django.db import connection, transaction

from apps.activity.gate import close_gate
from apps.activity.parts import spans
from apps.activity.sql import STANDING_ROWS

CANDIDATES = """
    CREATE TEMPORARY TABLE unmet AS
    SELECT id FROM (
        SELECT sender AS id FROM activity_interaction WHERE delivery_id = %(delivery)s
        UNION SELECT recipient FROM activity_interaction WHERE delivery_id = %(delivery)s
        UNION SELECT sender FROM activity_quarantinedevent WHERE delivery_id = %(delivery)s
        UNION SELECT recipient FROM activity_quarantinedevent WHERE delivery_id = %(delivery)s
    ) AS spoken_of JOIN activity_contact USING (id)
"""
# Everybody without a tie.
ALL_CANDIDATES = """
    CREATE TEMPORARY TABLE unmet AS SELECT id FROM activity_contact AS contact
    WHERE NOT EXISTS (SELECT FROM activity_tie AS tie WHERE tie.contact_id = contact.id)
"""
# Almost all of them: what is left is worth a look into the whole ledger.
HAVE_TIES = "DELETE FROM unmet WHERE id IN (SELECT contact_id FROM activity_tie)"
# Each row of the ledger is looked up among the few, not the few among all accounts of the ledger.
SPOKEN_OF_ELSEWHERE = """
    DELETE FROM unmet WHERE id IN (
        SELECT sender FROM ({rows}) AS i WHERE sender IN (SELECT id FROM unmet)
        UNION ALL SELECT recipient FROM ({rows}) AS i WHERE recipient IN (SELECT id FROM unmet))
"""
FORGET = """
    DELETE FROM activity_contact AS contact USING unmet WHERE unmet.id = contact.id
        AND NOT EXISTS (SELECT FROM activity_tie AS tie WHERE tie.contact_id = contact.id)
        AND NOT EXISTS (SELECT FROM activity_contactfact AS fact WHERE contact.id IN (fact.contact_id, fact.person_id))
        AND NOT EXISTS (SELECT FROM activity_quarantinedevent AS event
            WHERE event.state = 'held' AND contact.id IN (event.sender, event.recipient))
"""


def forget_unmet_contacts(delivery_id: int) -> None:
    """Forget the contacts of whom, besides this delivery, nothing is said; in short transactions.

    Ties are derived already. Whoever a batch speaks of meanwhile has a tie by then, or an event that is held.
    """
    _forget(CANDIDATES, {"delivery": delivery_id})


def forget_contacts_without_trace() -> int:
    """Forget all contacts with no tie, no row in the ledger, no fact and nothing held; returns how many."""
    return _forget(ALL_CANDIDATES, {})


def _forget(candidates: str, parameters: dict[str, int]) -> int:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS unmet")
        cursor.execute(candidates, parameters)
        cursor.execute(HAVE_TIES)
        cursor.execute("ANALYZE unmet")
        for span in spans():
            with transaction.atomic():
                cursor.execute(SPOKEN_OF_ELSEWHERE.format(rows=STANDING_ROWS.format(condition=span.rows)), {})
        with transaction.atomic():
            close_gate()
            cursor.execute(FORGET)
            gone: int = cursor.rowcount
            cursor.execute("DROP TABLE unmet")
    return gone
