"""Rows that exist once: the insert decides, and whoever comes second sees that it was there."""

from django.db import connections, router
from django.db.models import Model
from django.db.models.sql import InsertQuery


def insert_once(row: Model) -> bool:
    """Insert `row`, whose columns are all set, unless a unique constraint knows it; whether it was new.

    One statement, where Django's `get_or_create` needs four. Any other constraint raises IntegrityError.
    """
    meta, using = row._meta, router.db_for_write(type(row), instance=row)
    fields = [one for one in meta.local_concrete_fields if one is not meta.auto_field and not one.generated]
    query = InsertQuery(type(row))
    query.insert_values(fields, [row])
    compiler = query.get_compiler(using)
    compiler.returning_fields = meta.db_returning_fields
    ((statement, values),) = compiler.as_sql()
    insert, returning, columns = statement.partition(" RETURNING ")
    with connections[using].cursor() as cursor:
        cursor.execute(f"{insert} ON CONFLICT DO NOTHING{returning}{columns}", values)
        returned = cursor.fetchone() if returning else (() if cursor.rowcount else None)
    for field, value in zip(meta.db_returning_fields, returned or (), strict=bool(returned)):
        setattr(row, field.attname, value)
    row._state.adding, row._state.db = returned is None, using
    return returned is not None
