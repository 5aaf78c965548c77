"""Django's migrate, run by the owner of the tables; the app role may not change them."""

from typing import Any

import dj_database_url
from django.conf import settings
from django.core.management.commands import migrate
from django.db import connections, transaction

from apps.audit.grants import grant_to_app_role
from bonus_tracker.startup import MIGRATION_LOCK

WHO_AND_WHERE = ("USER", "PASSWORD", "HOST", "PORT", "OPTIONS")


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        app_role = {key: connection.settings_dict[key] for key in WHO_AND_WHERE}
        owner = dj_database_url.parse(settings.DATABASE_OWNER_URL)
        connection.close()
        connection.settings_dict.update({key: owner.get(key, app_role[key]) for key in WHO_AND_WHERE})
        try:
            # One transaction for all: Django notes a migration after its own, and who is killed in between
            # leaves tables that the next attempt would make again.
            with transaction.atomic(using=connection.alias):
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [MIGRATION_LOCK])
                super().handle(*args, **options)
                grant_to_app_role(options["database"])
        finally:
            connection.close()
            connection.settings_dict.update(app_role)
