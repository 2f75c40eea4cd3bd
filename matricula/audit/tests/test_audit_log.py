import pytest
from django.core.management.sql import emit_post_migrate_signal
from django.db import DatabaseError, connection, transaction

from matricula.audit.models import Entry, lines_together, record
from matricula.db.triggers import install_triggers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def is_append_only() -> bool:
    for change in (
        lambda: Entry.objects.update(verb="nothing.happened"),
        lambda: Entry.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    return Entry.objects.get().verb == "invitation.created"


def test_a_line_of_the_audit_log_is_never_changed_nor_taken_out():
    install_triggers()
    record("invitation.created")
    assert is_append_only()


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
