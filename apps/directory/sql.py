"""SQL beyond the ORM."""

from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.models import Model
from django.db.models.expressions import RawSQL
from psycopg import sql


def any_of(values: Iterable[object], sql_type: str) -> RawSQL:
    """For `field__in`: tens of thousands of values as one parameter, where a list makes one each.

    sql_type: PostgreSQL's name of the element type, a constant of the program.
    """
    return RawSQL(f"SELECT unnest(%s::{sql_type}[])", [list(values)])  # noqa: S611


def copy_rows(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Add rows by COPY: a first import has 130,000, and making objects of them takes most of its time."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
