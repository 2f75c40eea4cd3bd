"""Emptying the database after a test that commits: milliseconds instead of Django's TRUNCATE of every table.

PostgreSQL writes a new file for each table it truncates and waits for the disk; these tables hold a few rows.
"""

from functools import cache

from django.db import connection, transaction
from django.test import TransactionTestCase

from matricula.audit.triggers import GUARDS

KEPT_BY_TRIGGERS = ("programs_count", "programs_countchange")
"""Written while the rows they count are deleted."""
DELETE_ALL = "DO $$ BEGIN {} END $$"
UNGUARDED = "ALTER TABLE audit_entry DISABLE TRIGGER USER"
GUARDED = "SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE audit_entry ENABLE TRIGGER USER"


@cache
def statements(vendor: str) -> list[str]:
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    last = sorted(tables, key=lambda table: (table in KEPT_BY_TRIGGERS, table))
    deletes = [f"DELETE FROM {connection.ops.quote_name(table)}" for table in last]
    if vendor == "sqlite":
        return [*(f"DROP TRIGGER IF EXISTS {one.known}" for one in GUARDS if one.vendor == vendor), *deletes]
    return [DELETE_ALL.format("; ".join([UNGUARDED, *deletes, GUARDED, ""]))]


def empty_every_table(*_: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements(connection.vendor):
            cursor.execute(statement)


def clean_quickly() -> None:
    """The audit log would refuse to be emptied: on SQLite its guards go, on PostgreSQL they step aside."""
    TransactionTestCase._fixture_teardown = empty_every_table
