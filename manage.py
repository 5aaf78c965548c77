#!/usr/bin/env python3
"""Django's command line for Bonus Tracker."""

import os
import sys


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bonus_tracker.settings")
    from django.core.management import execute_from_command_line

    from bonus_tracker.outages import in_one_sentence

    with in_one_sentence():
        execute_from_command_line(sys.argv)
    return 0


if __name__ == "__main__":
    sys.exit(main())
