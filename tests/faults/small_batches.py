"""manage.py whose imports commit every 1,000 lines, so that a kill finds many places to hit.

FAULTS_LINES: it goes on to at most one batch beyond so many lines, and then waits to be killed; so a test that
is late still kills an import, wherever in it that is.
"""

import os
import sys
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bonus_tracker.settings")

LINES_A_BATCH = 1_000


def main() -> None:
    import django
    from django.core.management import execute_from_command_line

    from bonus_tracker.outages import in_one_sentence

    with in_one_sentence():
        django.setup()
        from apps.sources import importing

        importing.BATCH = LINES_A_BATCH
        importing.apply_batch = _as_far_as(int(os.environ["FAULTS_LINES"]), importing.apply_batch)
        execute_from_command_line(sys.argv)


def _as_far_as(lines: int, apply_batch: Any) -> Any:
    from django.db import connection

    def held(*arguments: Any, lines_read: int, **options: Any) -> Any:
        while lines_read > lines + 2 * LINES_A_BATCH:
            with connection.cursor() as cursor:  # notices when the database is what is killed
                cursor.execute("SELECT pg_sleep(0.05)")
        return apply_batch(*arguments, lines_read=lines_read, **options)

    return held


if __name__ == "__main__":
    main()
