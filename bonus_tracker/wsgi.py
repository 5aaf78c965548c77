"""WSGI entry point: `granian --interface wsgi bonus_tracker.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

from bonus_tracker.outages import in_one_sentence
from bonus_tracker.postgresql.pool import share_connections
from bonus_tracker.startup import begin_service

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bonus_tracker.settings")

application = get_wsgi_application()

with in_one_sentence():  # after the settings, and before the first request
    begin_service()
share_connections()
