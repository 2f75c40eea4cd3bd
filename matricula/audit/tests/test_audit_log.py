from functools import partial

import pytest
from django.core.management.sql import emit_post_migrate_signal
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Model

from matricula.audit.checkpoints import add_checkpoint
from matricula.audit.models import Checkpoint, Entry, lines_together, record
from matricula.db.triggers import install_triggers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


REPLACE = "INSERT OR REPLACE INTO {table} ({columns}) SELECT {values} FROM {table} ORDER BY id LIMIT 1"


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def ways_around(model: type[Model]) -> list[str]:
    """What takes rows out without a trigger of rows: on SQLite by each thing that is there once."""
    table, columns = model._meta.db_table, [one.column for one in model._meta.concrete_fields]
    if connection.vendor != "sqlite":
        return [f"TRUNCATE {table}", f"TRUNCATE {table} RESTART IDENTITY CASCADE"]
    once = [one.column for one in model._meta.concrete_fields if one.unique]
    anew = {one: "NULL" if one == "id" else f"{one} || '7'" for one in once}
    return [
        REPLACE.format(
            table=table,
            columns=", ".join(columns),
            values=", ".join(one if one == same else anew.get(one, one) for one in columns),
        )
        for same in once
    ]


def refuses_all_but_new_rows(model: type[Model]) -> bool:
    before = list(model.objects.values())
    for change in (
        lambda: model.objects.update(id=F("id") + 1),
        lambda: model.objects.all()._raw_delete("default"),
        *(partial(execute, one) for one in ways_around(model)),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    return bool(before) and list(model.objects.values()) == before


def is_append_only() -> bool:
    return refuses_all_but_new_rows(Entry)


def test_a_line_of_the_audit_log_is_never_changed_nor_taken_out():
    install_triggers()
    record("invitation.created")
    assert is_append_only()


def test_a_checkpoint_is_never_changed_nor_taken_out():
    install_triggers()
    record("invitation.created")
    add_checkpoint()
    assert refuses_all_but_new_rows(Checkpoint)


def test_a_migration_that_rebuilds_the_audit_table_leaves_it_append_only():
    record("invitation.created")
    if connection.vendor == "sqlite":
        with connection.schema_editor() as editor:
            editor._remake_table(Entry)
    else:
        connection.cursor().execute("ALTER TABLE audit_entry ALTER COLUMN verb TYPE varchar(61)")
        connection.cursor().execute("ALTER TABLE audit_entry ALTER COLUMN verb TYPE varchar(60)")
    emit_post_migrate_signal(0, False, "default")
    assert is_append_only()


class FullError(Exception):
    pass


def verbs() -> list[str]:
    return list(Entry.objects.order_by("pk").values_list("verb", flat=True))


def test_the_lines_of_one_act_are_written_in_one_statement_and_in_their_order(django_assert_num_queries):
    with transaction.atomic(), django_assert_num_queries(1), lines_together():
        record("address.confirmed")
        with lines_together():
            record("membership.began")
        record("arrival.finished")
    assert verbs() == ["address.confirmed", "membership.began", "arrival.finished"]


def test_a_part_of_an_act_that_is_undone_takes_its_lines_along():
    @lines_together()
    def enter_a_full_program():
        record("membership.began")
        raise FullError

    with transaction.atomic(), lines_together():
        record("address.confirmed")
        with pytest.raises(FullError):
            enter_a_full_program()
    record("account.created")
    assert verbs() == ["address.confirmed", "account.created"]
