from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction

from matricula.audit.models import Entry, record

guard = import_module("matricula.audit.migrations.0002_append_only").guard


def create_missing(statement):
    """The migration's own statement; conftest took the delete trigger away for the clean-up of tests."""
    connection.cursor().execute(statement.replace("CREATE TRIGGER", "CREATE TRIGGER IF NOT EXISTS"))


@pytest.mark.django_db
def test_a_line_of_the_journal_is_never_changed_nor_taken_out():
    record("invitation.created")
    with pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.update(verb="nothing.happened")
    if connection.vendor == "sqlite":
        guard(None, SimpleNamespace(connection=connection, execute=create_missing))
    with pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.all()._raw_delete("default")
    assert Entry.objects.get().verb == "invitation.created"
