"""The schedule of periodic jobs, kept in the database, where HR edits it."""

from typing import Any

from django_celery_beat.models import PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler

from bonus_tracker.outages import in_one_sentence
from bonus_tracker.startup import begin_service


class Scheduler(DatabaseScheduler):
    """Takes from the settings only the jobs that the database does not have yet.

    The one it extends writes the settings over what was edited at every start.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        with in_one_sentence():  # beat reads the schedule before it sends any signal
            begin_service()
        super().__init__(*args, **options)

    def update_from_dict(self, mapping: dict[str, Any]) -> None:
        known = set(PeriodicTask.objects.filter(name__in=mapping).values_list("name", flat=True))
        super().update_from_dict({name: entry for name, entry in mapping.items() if name not in known})
