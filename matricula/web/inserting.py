"""Rows that exist once: the insert decides, and whoever comes second sees that it was there."""

from django.db.models import Model
from django.db.models.constants import OnConflict


def insert_once(row: Model) -> bool:
    """Insert `row` unless a unique constraint knows it already; whether it was new. One statement.

    Django's `get_or_create` asks four times for the same; `bulk_create` does not tell who was first.
    """
    meta = row._meta
    fields = [one for one in meta.local_concrete_fields if one is not meta.auto_field]
    rows = type(row)._base_manager.get_queryset()
    (returned,) = rows._insert([row], fields, meta.db_returning_fields, on_conflict=OnConflict.IGNORE)  # type: ignore[attr-defined]
    if returned is None:
        return False
    for field, value in zip(meta.db_returning_fields, returned, strict=True):
        setattr(row, field.attname, value)
    row._state.adding, row._state.db = False, rows.db
    return True
