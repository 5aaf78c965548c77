"""Django's migrate, run by the owner of the tables; the app role may not change them."""

from typing import Any

import dj_database_url
from django.conf import settings
from django.core.management.commands import migrate
from django.db import connections

WHO_AND_WHERE = ("USER", "PASSWORD", "HOST", "PORT", "OPTIONS")


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        app_role = {key: connection.settings_dict[key] for key in WHO_AND_WHERE}
        owner = dj_database_url.parse(settings.DATABASE_OWNER_URL)
        connection.close()
        connection.settings_dict.update({key: owner.get(key, app_role[key]) for key in WHO_AND_WHERE})
        try:
            super().handle(*args, **options)
        finally:
            connection.close()
            connection.settings_dict.update(app_role)
