"""A database of an earlier version is told of, and stays as it is."""

import sqlite3
from contextlib import closing

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from matricula.db.history import has_another_history
from tests.test_production import matricula

COMMANDS = [
    ["migrate"],
    ["check"],
    ["serve"],
    ["worker"],
    ["recount"],
    ["demo", "--serve"],
    ["create-organization", "nordlicht", "Nordlicht", "bruno@nordlicht.example"],
]
HERE = {"BASE_URL": "http://127.0.0.1:8000", "EMAIL_URL": "inbox:", "MATRICULA_DEVELOPMENT": "true"}


@pytest.fixture
def old_data(tmp_path):
    """What the first version left: tables, and the rows of migrations that are gone."""
    with closing(sqlite3.connect(tmp_path / "matricula.sqlite3")) as old:
        old.execute(
            "CREATE TABLE django_migrations (id integer PRIMARY KEY, app varchar(255), name varchar(255),"
            " applied datetime)"
        )
        ran = [("web", "0001_initial"), ("joining", "0001_initial"), ("joining", "0002_what_a_link_opens")]
        old.executemany("INSERT INTO django_migrations (app, name, applied) VALUES (?, ?, '2026-01-01')", ran)
        old.execute("CREATE TABLE accounts_account (id integer PRIMARY KEY, full_name text)")
        old.execute("INSERT INTO accounts_account (full_name) VALUES ('Ada Ebert')")
        old.commit()
    return tmp_path


def tables(folder):
    with closing(sqlite3.connect(folder / "matricula.sqlite3")) as database:
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        return names.fetchall(), database.execute("SELECT full_name FROM accounts_account").fetchall()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: one[0])
def test_data_of_an_earlier_version_stops_every_command_with_one_sentence(old_data, command):
    before = tables(old_data)
    stopped = matricula(*command, MATRICULA_DATA=str(old_data), **HERE)
    assert (stopped.returncode, stopped.stdout) == (1, "")
    assert stopped.stderr == (
        f"matricula: The database {old_data}/matricula.sqlite3 was made by an earlier version of Matricula,"
        " whose data is not carried over; nothing in it was changed: name another data folder, by"
        " MATRICULA_DATA or as in `make run DATA=fresh`.\n"
    )
    assert tables(old_data) == before


def test_a_folder_without_a_database_is_begun(tmp_path):
    assert matricula("migrate", MATRICULA_DATA=str(tmp_path / "fresh"), **HERE).returncode == 0
    assert matricula("migrate", MATRICULA_DATA=str(tmp_path / "fresh"), **HERE).returncode == 0


@pytest.mark.django_db
@pytest.mark.postgres
def test_a_database_ahead_of_the_program_is_no_earlier_one():
    """Somebody went back a version: what ran is not known here, but nothing waits."""
    recorder = MigrationRecorder(connection)
    assert not has_another_history(connection)
    recorder.record_applied("accounts", "0999_of_the_next_version")
    assert not has_another_history(connection)
    recorder.record_unapplied("joining", "0001_initial")
    assert has_another_history(connection)


@pytest.mark.django_db
@pytest.mark.postgres
def test_a_database_behind_the_program_is_no_earlier_one():
    MigrationRecorder(connection).record_unapplied("joining", "0001_initial")
    assert not has_another_history(connection)


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="asks PostgreSQL")
def test_a_postgresql_of_an_earlier_version_is_told_of_too(tmp_path):
    used, recorder = connection.settings_dict, MigrationRecorder(connection)
    place = f"postgresql://{used['USER']}:{used['PASSWORD']}@{used['HOST']}:{used['PORT']}/{used['NAME']}"
    recorder.record_applied("web", "0001_initial")
    recorder.record_unapplied("joining", "0001_initial")
    try:
        stopped = matricula("migrate", MATRICULA_DATA=str(tmp_path), DATABASE_URL=place, **HERE)
    finally:
        recorder.record_unapplied("web", "0001_initial")
        recorder.record_applied("joining", "0001_initial")
    assert (stopped.returncode, stopped.stderr.count("\n")) == (1, 1)
    assert f"The database {used['NAME']} was made by an earlier version" in stopped.stderr
    assert "name an empty database in DATABASE_URL" in stopped.stderr
