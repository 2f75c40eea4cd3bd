"""Runs the tests on SQLite and on PostgreSQL side by side, and says plainly what was left out."""

import os
import subprocess
import sys
import tempfile
import time
from typing import IO

import psycopg

POSTGRESQL = os.environ.get("TEST_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/matricula")
APART = ["-m", "postgres", "-p", "no:schemathesis", "--ignore", "matricula/api/tests/test_schemathesis.py"]
"""Nothing that schemathesis asks is marked; the process is spared the seconds it takes to load it."""
EVERYTHING, MARKED = "3", "1"
"""Processes of each half, as many as keep two cores busy: each further one costs a start and a browser."""


def postgresql_answers() -> bool:
    try:
        psycopg.connect(POSTGRESQL.rsplit("/", 1)[0] + "/postgres", connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def start(
    database_url: str | None, processes: str, output: IO[bytes] | None, *arguments: str
) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "MATRICULA_DEVELOPMENT": "true"}
    environment.pop("DATABASE_URL", None)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # each of many processes would compile all that it reads
    if database_url:
        environment["DATABASE_URL"] = database_url
    command = [sys.executable, "-m", "pytest", "-q", "-n", processes, "--dist", "worksteal", *arguments]
    return subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)


def main() -> int:
    began, arguments = time.monotonic(), sys.argv[1:]
    with tempfile.TemporaryFile() as said:
        second = None
        if postgresql_answers():
            second = start(POSTGRESQL, MARKED, said, *APART, *arguments)
        print("== SQLite: everything" + (", while PostgreSQL is at work too" if second else ""), flush=True)
        failed = start(None, EVERYTHING, None, *arguments).wait()
        if second is None:
            print("LEFT OUT: the PostgreSQL half, because no PostgreSQL answers at 127.0.0.1:5432.")
            return failed
        failed = second.wait() or failed
        said.seek(0)
        print("== PostgreSQL: what databases do in ways of their own", flush=True)
        sys.stdout.buffer.write(said.read())
    print(f"== {time.monotonic() - began:.0f} seconds in all")
    return failed


if __name__ == "__main__":
    sys.exit(main())
