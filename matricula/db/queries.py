"""Questions and statements Django has no word for: one row, many ids, insert once, plans for these values."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection, connections, router
from django.db.models import BigAutoField, Model
from django.db.models.lookups import In
from django.db.models.sql import InsertQuery

Found = TypeVar("Found")


def first_or_none(rows: Iterable[Found]) -> Found | None:
    """The row, or None: for what a unique constraint finds.

    `first()` would put it in order before, which costs as much of the processor as the question itself.
    """
    return next(iter(rows), None)


@BigAutoField.register_lookup
class AnyOf(In):
    """`pk__any_of=ids`, a list: like `in`, on PostgreSQL as one parameter. A thousand cost Django 10 ms."""

    lookup_name = "any_of"

    def get_prep_lookup(self) -> list[int]:
        """As they are: `in` looks at each of them three times."""
        return list(self.rhs)

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        if not self.rhs:
            raise EmptyResultSet
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", (*params, self.rhs)


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


@contextmanager
def planned_for_these_values() -> Iterator[None]:
    """Queries within are not prepared.

    A prepared statement is planned once for all values, for a company of ten as for one of a million:
    PostgreSQL may then look for the ten among everybody's rows.
    """
    connection.ensure_connection()
    link = connection.connection
    if connection.vendor != "postgresql":
        yield
        return
    threshold, link.prepare_threshold = link.prepare_threshold, None
    try:
        yield
    finally:
        link.prepare_threshold = threshold
