"""WSGI entry point: `granian --interface wsgi bonus_tracker.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bonus_tracker.settings")

application = get_wsgi_application()
