"""The Celery application: `celery -A bonus_tracker worker`, `celery -A bonus_tracker beat`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bonus_tracker.settings")

app = Celery("bonus_tracker")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
