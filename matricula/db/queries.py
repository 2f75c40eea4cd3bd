"""Statements Django has no word for: one row, many ids, insert once, change and get, plans for values."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection, connections, router
from django.db.models import BigAutoField, Model, QuerySet
from django.db.models.lookups import In
from django.db.models.sql import DeleteQuery, InsertQuery, UpdateQuery

Found = TypeVar("Found")
Row = TypeVar("Row", bound=Model)


def first_or_none(rows: Iterable[Found]) -> Found | None:
    """The row, or None: for what a unique constraint finds.

    `first()` would put it in order before, which costs as much of the processor as the question itself.
    """
    return next(iter(rows), None)


@BigAutoField.register_lookup
class AnyOf(In):
    """`pk__any_of=ids`, a list: like `in`, on PostgreSQL as one parameter.

    Measured with 1,000 ids: 4.8 ms of processor time instead of 10.5, and a batch of 1,000 letters has
    eight such statements, by that 46 of 535 ms. A page of 50 rows gains nothing; one of 200, as the API
    has, 1.2 ms.
    """

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

    Not for speed (a join costs the same with savepoints instead): a lesson done twice is no error, and shall
    not stand as one in PostgreSQL's log. Any other constraint raises IntegrityError.
    """
    meta, using = row._meta, router.db_for_write(type(row), instance=row)
    fields = [one for one in meta.local_concrete_fields if one is not meta.auto_field and not one.generated]
    query = InsertQuery(type(row))
    query.insert_values(fields, [row])
    ((statement, values),) = query.get_compiler(using).as_sql()
    dialect: Any = connections[using].ops
    returning, _params = dialect.return_insert_columns(meta.db_returning_fields)
    with connections[using].cursor() as cursor:
        # Django's own way to ignore a conflict is INSERT OR IGNORE on SQLite, which ignores NOT NULL as well.
        cursor.execute(f"{statement} ON CONFLICT DO NOTHING {returning}", values)
        returned = cursor.fetchone() if returning else (() if cursor.rowcount else None)
    for field, value in zip(meta.db_returning_fields, returned or (), strict=bool(returned)):
        setattr(row, field.attname, value)
    row._state.adding, row._state.db = returned is None, using
    return returned is not None


def update_returning(rows: "QuerySet[Row]", **values: object) -> list[Row]:
    """Change these rows and get them as they are now, in one statement: of many who ask at once, the others
    find none left to change. The rows may not reach into other tables."""
    query: Any = rows.query.chain(UpdateQuery)
    query.add_update_values(values)
    return changed(rows, query)


def delete_returning(rows: "QuerySet[Row]") -> list[Row]:
    """Delete these rows and get them, likewise. Nothing may refer to them: nothing else is deleted."""
    return changed(rows, rows.query.chain(DeleteQuery))


def changed(rows: "QuerySet[Row]", query: Any) -> list[Row]:
    using = router.db_for_write(rows.model)
    statement, values = query.get_compiler(using).as_sql()
    return list(rows.model._base_manager.using(using).raw(f"{statement} RETURNING *", values))


@contextmanager
def planned_for_these_values() -> Iterator[None]:
    """Queries within are not prepared.

    A prepared statement is planned once for all values, for a company of ten as for one of a million:
    PostgreSQL may then look for the ten among everybody's rows. Forced, for a search in a company of twelve
    beside one of 100,000: 39 ms of PostgreSQL under such a plan instead of 2. Lists, the overview and the
    audit log take the same either way (at most 4 ms): their indexes suit every company.
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
