"""Two hosts are brought up at once, and both migrate."""

import os
import subprocess
import sys

import psycopg
import pytest
from django.db import connection

from tests.crash.conftest import database_url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request, tmp_path):
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/matricula.sqlite3"
        return
    if connection.vendor != "postgresql":
        pytest.skip("LEFT OUT: it is tried where the tests run on PostgreSQL")
    named = "matricula_migrated_twice"
    with psycopg.connect(database_url(), autocommit=True) as own:
        own.execute(f"DROP DATABASE IF EXISTS {named}")
        own.execute(f"CREATE DATABASE {named}")
        yield database_url().rpartition("/")[0] + f"/{named}"
        own.execute(f"DROP DATABASE {named} WITH (FORCE)")


@pytest.mark.django_db
@pytest.mark.postgres
def test_races_of_two_migrations_the_second_waits_for_its_turn_and_says_so(empty_database, tmp_path):
    environment = {
        **os.environ,
        "MATRICULA_DEVELOPMENT": "true",
        "MATRICULA_DATA": str(tmp_path),
        "DATABASE_URL": empty_database,
    }
    command = [sys.executable, "-m", "matricula", "migrate"]
    both = [
        subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        for _ in range(2)
    ]
    told = sorted(one.communicate(timeout=240)[0] for one in both)
    assert [one.returncode for one in both] == [0, 0], told
    assert told[0] == ""
    assert told[1].strip() in ("", "Another `matricula migrate` is at work; this one waits for its turn.")
    assert told[1], "the second began after the first was done"
