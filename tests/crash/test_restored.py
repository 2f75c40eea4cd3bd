"""A site is backed up and restored beside itself, as the operating guide says; the copy sends nothing until
it is told."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from matricula.mail.sending import COPIED
from tests.crash.conftest import POSTGRESQL, answers, free_port, kill, processes, until

SINK = Path(__file__).parent / "sink.py"
KEY = "a key that is long enough for production"
LOOKS_SECONDS = 6
"""A worker looks twice a second for letters."""


class Installation:
    """A site in production, by its environment."""

    def __init__(self, folder: Path, database: str, mail: int) -> None:
        self.folder = folder
        self.settings = {
            "MATRICULA_DEVELOPMENT": "false",
            "MATRICULA_DATA": str(folder),
            "DATABASE_URL": database or f"sqlite:///{folder}/matricula.sqlite3",
            "BASE_URL": "http://127.0.0.1:8000",
            "SECRET_KEY": KEY,
            "EMAIL_URL": f"smtp://127.0.0.1:{mail}",
        }

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "matricula", *arguments],
            env={**os.environ, **self.settings},
            capture_output=True,
            text=True,
            timeout=120,
        )
        return done.stdout + done.stderr

    def found(self, slug: str) -> None:
        """A company; a letter to its owner waits."""
        self.run("create-organization", slug, slug.title(), f"bruno@{slug}.example", "--owner-name", "Bruno")


@pytest.fixture
def mail_server(tmp_path):
    """Its port, and what it took."""
    port, notes = free_port(), tmp_path / "letters.txt"
    with processes(tmp_path) as start:
        start(str(SINK), str(port), str(notes), "0", DATABASE_URL="")
        until(lambda: answers(port))
        yield port, lambda: [one.split()[0] for one in notes.read_text().splitlines()]


def restored_sends_nothing_until_told(first, restore, taken, start):
    """`first` has sent a letter, another waits; `restore` brings up the copy."""
    worker = start("-m", "matricula", "worker", **first.settings)
    first.found("nordlicht")
    until(lambda: taken() == ["bruno@nordlicht.example"], seconds=60)
    kill(worker)
    first.found("suedlicht")
    copy = restore()
    assert copy.run("check").splitlines() == [COPIED]
    start("-m", "matricula", "worker", **copy.settings)
    time.sleep(LOOKS_SECONDS)
    assert taken() == ["bruno@nordlicht.example"]
    assert "Letters are held since" in copy.run("check")
    copy.run("release-letters")
    until(lambda: taken() == ["bruno@nordlicht.example", "bruno@suedlicht.example"], seconds=60)


def test_a_restored_postgresql_sends_nothing_until_told(kept_cluster, mail_server, start, tmp_path):
    port, taken = mail_server
    address = kept_cluster.url.removesuffix("/postgres")

    def restore() -> Installation:
        dump, copied = str(tmp_path / "backup.dump"), tmp_path / "copied"
        run_tool("pg_dump", "-Fc", "-f", dump, f"{address}/running")
        run_tool("createdb", "--maintenance-db", f"{address}/postgres", "restored")
        run_tool("pg_restore", "--no-owner", "-d", f"{address}/restored", dump)
        shutil.copytree(tmp_path / "data", copied)
        return Installation(copied, f"{address}/restored", port)

    run_tool("createdb", "--maintenance-db", f"{address}/postgres", "running")
    first = Installation(tmp_path / "data", f"{address}/running", port)
    first.run("migrate")
    assert first.run("check") == "Nothing is wrong.\n"
    restored_sends_nothing_until_told(first, restore, taken, start)


def run_tool(name: str, *arguments: str) -> None:
    subprocess.run([str(POSTGRESQL / name), *arguments], check=True)


def test_a_copied_sqlite_sends_nothing_until_told(mail_server, start, tmp_path):
    port, taken = mail_server

    def restore() -> Installation:
        shutil.copytree(tmp_path / "data", tmp_path / "copied")
        return Installation(tmp_path / "copied", "", port)

    first = Installation(tmp_path / "data", "", port)
    first.run("migrate")
    assert first.run("check") == "Nothing is wrong.\n"
    restored_sends_nothing_until_told(first, restore, taken, start)


def test_a_copy_of_a_site_whose_worker_never_ran_sends_nothing_either(mail_server, start, tmp_path):
    port, taken = mail_server
    first = Installation(tmp_path / "data", "", port)
    first.run("migrate")
    first.found("nordlicht")
    shutil.copytree(tmp_path / "data", tmp_path / "copied")
    copy = Installation(tmp_path / "copied", "", port)
    start("-m", "matricula", "worker", **copy.settings)
    time.sleep(LOOKS_SECONDS)
    assert taken() == []
