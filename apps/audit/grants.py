"""What the app role may do: everything with rows, except to change what is append-only."""

from django.conf import settings
from django.db import connections
from psycopg import sql

APPEND_ONLY = ("audit_entry", "activity_interaction", "campaigns_rulessheet")


def grant_to_app_role(using: str = "default") -> None:
    """Run after every migration, as the owner; nothing to do when owner and app role are the same."""
    app_role = settings.DATABASE_APP_ROLE
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT current_user, EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [app_role])
        owner, exists = cursor.fetchone()
    if exists and owner != app_role:
        grant(app_role, using)


def grant(app_role: str, using: str = "default") -> None:
    """Give the role its rights on every table, and take those that append-only tables refuse."""
    role = sql.Identifier(app_role)
    with connections[using].cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "GRANT USAGE ON SCHEMA public TO {role};"
                "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};"
                "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}"
            ).format(role=role)
        )
        for table in _append_only_tables(using):
            cursor.execute(
                sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}").format(
                    table=sql.Identifier(table), role=role
                )
            )


def _append_only_tables(using: str) -> list[str]:
    """Those that exist, with their partitions, which "all tables" above included."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT it.relname FROM pg_class it LEFT JOIN pg_inherits ON inhrelid = it.oid "
            "LEFT JOIN pg_class parent ON parent.oid = inhparent "
            "WHERE it.relkind IN ('r', 'p') AND it.relnamespace = 'public'::regnamespace "
            "AND (it.relname = ANY(%(names)s) OR parent.relname = ANY(%(names)s))",
            {"names": list(APPEND_ONLY)},
        )
        return [name for (name,) in cursor.fetchall()]
