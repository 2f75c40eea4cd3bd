"""Runs the tests on SQLite, then on PostgreSQL when one answers, and says plainly what was left out."""

import os
import subprocess
import sys

import psycopg

POSTGRESQL = os.environ.get("TEST_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/matricula")


def postgresql_answers() -> bool:
    try:
        psycopg.connect(POSTGRESQL.rsplit("/", 1)[0] + "/postgres", connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def run(database_url: str | None, *arguments: str) -> int:
    environment = {**os.environ, "MATRICULA_DEVELOPMENT": "true"}
    environment.pop("DATABASE_URL", None)
    if database_url:
        environment["DATABASE_URL"] = database_url
    return subprocess.call([sys.executable, "-m", "pytest", "-q", "-n", "2", *arguments], env=environment)


def main() -> int:
    arguments = sys.argv[1:]
    print("== SQLite", flush=True)
    failed = run(None, *arguments)
    if not postgresql_answers():
        print("LEFT OUT: the PostgreSQL half, because no PostgreSQL answers at 127.0.0.1:5432.")
        return failed
    print("== PostgreSQL", flush=True)
    return run(POSTGRESQL, *arguments) or failed


if __name__ == "__main__":
    sys.exit(main())
