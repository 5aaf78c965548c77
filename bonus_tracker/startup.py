"""What must hold before anything runs on a database: migrated, same calendar, same key."""

import logging

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor

from bonus_tracker import clock

logger = logging.getLogger(__name__)

MIGRATION_LOCK = 0x4D494752  # "MIGR": one migration at a time


def prepare() -> None:
    """Migrate an embedded database, refuse another one that is not migrated, check the stamp.

    Raises ImproperlyConfigured with one sentence.
    """
    if _is_behind():
        if not settings.SERVICES.embedded:
            raise ImproperlyConfigured("The database is not up to date; run: python manage.py migrate")
        call_command("migrate", verbosity=0, interactive=False)
    check_stamp()


def begin_service() -> None:
    """As `prepare`, in a process that stays: it also says in its log what about the server would hurt.

    It keeps no connection, for other threads or children do the work.
    """
    from bonus_tracker.postgresql.advice import complaints

    prepare()
    for sentence in complaints():
        logger.warning(sentence)
    connections.close_all()


def check_stamp() -> None:
    """Compare calendar and pseudonym key with the database's, and leave them there the first time."""
    from apps.directory.handles import key_fingerprint
    from apps.directory.models import Installation

    Installation.objects.bulk_create(
        [
            Installation(
                time_zone=settings.COMPANY_TIME_ZONE,
                key_fingerprint=key_fingerprint(),
                stamped_at=clock.now(),
            )
        ],
        ignore_conflicts=True,
    )
    stamp = Installation.objects.get()
    if stamp.time_zone != settings.COMPANY_TIME_ZONE:
        raise ImproperlyConfigured(
            f"This database was made with COMPANY_TIME_ZONE={stamp.time_zone}, not "
            f"{settings.COMPANY_TIME_ZONE}; its dates would change meaning. Set it back, or use another database."
        )
    if stamp.key_fingerprint != key_fingerprint():
        raise ImproperlyConfigured(
            "This database was made with another PSEUDONYM_KEY; its contacts could not be recognised. "
            "Set it back, or use another database."
        )


def _is_behind() -> bool:
    """Whether migrations are missing; one under way in another process is waited for."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [MIGRATION_LOCK])
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
