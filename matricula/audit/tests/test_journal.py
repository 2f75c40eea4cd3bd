import pytest
from django.core.management.sql import emit_post_migrate_signal
from django.db import DatabaseError, connection, transaction

from matricula.audit.models import Entry, record
from matricula.web.triggers import install

pytestmark = pytest.mark.django_db(transaction=True)


def is_append_only() -> bool:
    for change in (
        lambda: Entry.objects.update(verb="nothing.happened"),
        lambda: Entry.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    return Entry.objects.get().verb == "invitation.created"


def test_a_line_of_the_journal_is_never_changed_nor_taken_out():
    install()
    record("invitation.created")
    assert is_append_only()


def test_a_migration_that_rebuilds_the_journals_table_leaves_it_append_only():
    record("invitation.created")
    if connection.vendor == "sqlite":
        with connection.schema_editor() as editor:
            editor._remake_table(Entry)
    else:
        connection.cursor().execute("ALTER TABLE audit_entry ALTER COLUMN verb TYPE varchar(61)")
        connection.cursor().execute("ALTER TABLE audit_entry ALTER COLUMN verb TYPE varchar(60)")
    emit_post_migrate_signal(0, False, "default")
    assert is_append_only()
