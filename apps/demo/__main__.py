"""The parts of the demo that run as processes of their own: `python -m apps.demo ROLE ...`.

Started by the command `demo` alone, in an environment that points at the run's own database.
"""

import argparse
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

import django


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("role", choices=["prepare", "once", "traffic", "story"])
    parser.add_argument("--employees", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "apps.demo.settings")
    os.environ["LOG_LEVEL"] = "WARNING"  # the story tells the rest in plain words
    django.setup()

    from bonus_tracker.outages import in_one_sentence

    with in_one_sentence():
        _play(options)


def _play(options: argparse.Namespace) -> None:
    from apps.demo import delivery, story
    from apps.demo.company import make_company
    from apps.demo.dates import Calendar
    from apps.demo.files import Files
    from apps.demo.preparing import prepare
    from bonus_tracker import clock

    if options.role in {"prepare", "once"}:
        scene = prepare(options.employees, options.seed, options.folder)
        if options.role == "once":
            story.run_at_once(scene)
        else:
            json.dump([asdict(login) for login in scene.logins], sys.stdout)
        return
    files, calendar = Files(options.folder), Calendar.on(clock.company_zone())
    if options.role == "traffic":
        delivery.run(files, calendar)
    else:
        story.run_live(files, make_company(options.employees, options.seed), calendar)


if __name__ == "__main__":
    main()
