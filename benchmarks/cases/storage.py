"""What a tie takes on disk: freshly written, and after sixty days of updates."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import connection, transaction

from apps.activity.sql import merge_talk
from benchmarks import server
from benchmarks.copying import OnCopy
from benchmarks.runner import Figure, Target

DAYS = 60
BATCHES_A_DAY = 24  # at most: fewer for a small company
TALK_SHARE = 0.19  # of the ties, on a day

# Who talks on a day, in batches of an hour; both ways of a conversation, one of them often a batch later.
HOUR = """
CREATE TEMPORARY TABLE talk ON COMMIT DROP AS
SELECT %(day)s::date AS day, 'counted' AS verdict, way.incoming,
    CASE WHEN NOT incoming THEN employee_id END AS sender_employee,
    CASE WHEN incoming THEN employee_id END AS recipient_employee, contact_id AS sender, contact_id AS recipient
FROM bench.pair CROSS JOIN (VALUES (false), (true)) AS way (incoming)
WHERE bench.uniform(employee_id, contact_id, %(salt)s) < %(share)s
    AND (bench.word(employee_id, contact_id, %(salt)s + 1) >> 8) %% %(batches)s IN
        (%(batch)s - incoming::integer, %(batch)s - incoming::integer - %(batches)s)
"""


class Storage(OnCopy):
    name = "tie-updates"
    measures = (
        f"{DAYS} days of talk of {TALK_SHARE:.0%} of the ties ORed into them, vacuumed when autovacuum would"
    )
    unit = "days of a tie"
    rounds = 1
    warms_up = False

    def begin(self) -> None:
        self.batches = max(2, min(BATCHES_A_DAY, self.world.ties // 10_000))
        self.fresh = self._bytes_a_tie()
        self.vacuums = 0
        server.value("SELECT pg_stat_reset_single_table_counters('activity_tie'::regclass)::text")

    def operation(self) -> None:
        self.amount = sum(self._live_a_day(day) for day in range(1, DAYS + 1))

    def _live_a_day(self, number: int) -> int:
        talked = 0
        for batch in range(self.batches + 1):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    HOUR,
                    {
                        "day": self.world.last_day + timedelta(days=number),
                        "salt": 200_000 + 10 * number,
                        "share": TALK_SHARE,
                        "batch": batch,
                        "batches": self.batches,
                    },
                )
                talked += cursor.rowcount
                cursor.execute(merge_talk("talk", "verdict = 'counted'"))
                cursor.execute("DROP TABLE talk")
            self._vacuum_if_due()
        return talked

    def _vacuum_if_due(self) -> None:
        """By autovacuum's default thresholds; a minute of its naps is an hour here."""
        server.value("SELECT pg_stat_force_next_flush()::text")
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT n_dead_tup > 50 + 0.2 * n_live_tup FROM pg_stat_user_tables WHERE relname = 'activity_tie'"
            )
            if cursor.fetchone()[0]:
                cursor.execute("VACUUM (ANALYZE) activity_tie")
                self.vacuums += 1

    def figures(self) -> Iterable[Figure]:
        small = Target("figure", 200)
        yield Figure("a tie on disk with its index, fresh", self.fresh, "bytes", small)
        yield Figure(f"a tie on disk with its index, after {DAYS} days", self._bytes_a_tie(), "bytes", small)
        yield Figure("vacuums", self.vacuums, "")
        hot = (
            "SELECT 100.0 * n_tup_hot_upd / n_tup_upd FROM pg_stat_user_tables WHERE relname = 'activity_tie'"
        )
        yield Figure("updates that left the index alone (HOT)", float(server.value(hot)), "%")

    def _bytes_a_tie(self) -> float:
        return server.size_of("activity_tie") / int(server.value("SELECT count(*) FROM activity_tie"))
