"""manage.py whose imports commit every 2,000 lines, so that a kill finds many places to hit."""

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bonus_tracker.settings")


def main() -> None:
    import django
    from django.core.management import execute_from_command_line

    from bonus_tracker.outages import in_one_sentence

    with in_one_sentence():
        django.setup()
        from apps.sources import importing

        importing.BATCH = 2_000
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
