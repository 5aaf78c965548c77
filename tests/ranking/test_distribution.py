"""The hot tables can be spread over several PostgreSQL by employee: no unique key stands in the way."""

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db

HOT = ["activity_tie", "ranking_standing", "ranking_fixedtie", "ranking_fixedemployee"]
FIRST_COLUMNS = """
    SELECT hot.relname, key.relname, coalesce(part.attname, 'an expression')
    FROM pg_index JOIN pg_class AS hot ON hot.oid = indrelid JOIN pg_class AS key ON key.oid = indexrelid
    LEFT JOIN pg_attribute AS part ON part.attrelid = indrelid AND part.attnum = indkey[0]
    WHERE indisunique AND hot.relname = ANY(%s) ORDER BY 1, 2
"""
REFERENCES = """
    SELECT conname FROM pg_constraint WHERE contype = 'f' AND confrelid = ANY(%s::regclass[])
"""


def test_every_unique_key_of_a_hot_table_begins_with_the_employee() -> None:
    with connection.cursor() as cursor:
        cursor.execute(FIRST_COLUMNS, [HOT])
        keys = cursor.fetchall()
    assert sorted({table for table, _key, _first in keys}) == sorted(HOT)
    assert [key for key in keys if key[2] != "employee_id"] == []


def test_nothing_refers_to_a_row_of_a_hot_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute(REFERENCES, [HOT])
        assert cursor.fetchall() == []


def test_the_ledger_has_no_unique_key_at_all() -> None:
    with connection.cursor() as cursor:
        cursor.execute(FIRST_COLUMNS, [["activity_interaction"]])
        assert cursor.fetchall() == []
