"""What the app role may do: everything with rows, except to change what is append-only."""

from typing import Any

from django.conf import settings
from django.db import connections
from psycopg import sql

APPEND_ONLY = ("audit_entry", "activity_interaction")


def grant_to_app_role(using: str = "default", **_: Any) -> None:
    """Run after every migration, as the owner; nothing to do when owner and app role are the same."""
    app_role = str(settings.DATABASES["default"].get("USER", ""))
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT current_user, EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [app_role])
        owner, exists = cursor.fetchone()
        if not exists or owner == app_role:
            return
        role = sql.Identifier(app_role)
        cursor.execute(
            sql.SQL(
                "GRANT USAGE ON SCHEMA public TO {role};"
                "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};"
                "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};"
                "REVOKE UPDATE, DELETE, TRUNCATE ON {append_only} FROM {role};"
            ).format(role=role, append_only=sql.SQL(", ").join(map(sql.Identifier, APPEND_ONLY)))
        )
