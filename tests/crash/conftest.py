"""Real processes beside the tests, on the test's own database."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection

DEADLINE_SECONDS = 30
POSTGRESQL = max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)


def until(condition, seconds=DEADLINE_SECONDS, pause=0.02):
    """What `condition` returns once it is true."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if found := condition():
            return found
        time.sleep(pause)
    raise AssertionError(f"{condition} did not come true in {seconds} s")


def answers(port):
    """Whether something listens at `port` of this machine."""
    with socket.socket() as knock:
        knock.settimeout(0.5)
        return knock.connect_ex(("127.0.0.1", port)) == 0


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def database_url():
    """The test's database as another process names it."""
    if connection.vendor == "sqlite":
        return f"sqlite:///{connection.settings_dict['NAME']}"
    parts = connection.settings_dict
    return f"postgresql://{parts['USER']}@{parts['HOST']}:{parts['PORT']}/{parts['NAME']}"


def kill(process):
    """kill -9, the process and all that it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait(timeout=10)


@contextmanager
def processes(folder):
    """Start `python ARGUMENTS` on the test's database; nothing outlives the block."""
    started = []

    def run(*arguments, log=None, **environment):
        process = subprocess.Popen(
            [sys.executable, *arguments],
            stderr=log,
            env={
                **os.environ,
                "MATRICULA_DEVELOPMENT": "true",
                "MATRICULA_DATA": str(folder),
                "DATABASE_URL": database_url(),
                **environment,
            },
            start_new_session=True,
        )
        started.append(process)
        return process

    try:
        yield run
    finally:
        for process in started:
            kill(process)


@pytest.fixture
def start(tmp_path):
    with processes(tmp_path) as run:
        yield run


class Cluster:
    """A PostgreSQL of our own that may be stopped and started."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder / "cluster", free_port()
        self.control("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        self.start()

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    @property
    def runs(self) -> bool:
        return (self.folder / "postmaster.pid").exists()

    def start(self) -> None:
        options = f"-p {self.port} -k {self.folder} -c fsync=off -c listen_addresses=127.0.0.1"
        self.control("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        self.control("pg_ctl", "-w", "-m", "immediate", "stop")

    def control(self, program: str, *arguments: str) -> None:
        """PostgreSQL refuses to be run by root."""
        command = [str(POSTGRESQL / program), "-D", str(self.folder), *arguments]
        user = "postgres" if os.getuid() == 0 else None
        subprocess.run(command, check=True, user=user, stdout=subprocess.DEVNULL, cwd="/")


@pytest.fixture(scope="module")
def kept_cluster():
    """To make one costs as much as a test of it."""
    if not POSTGRESQL:
        pytest.skip("LEFT OUT: PostgreSQL's own programs are not installed")
    with tempfile.TemporaryDirectory() as folder:
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
        own = Cluster(Path(folder))
        yield own
        if own.runs:
            own.stop()


@pytest.fixture
def cluster(kept_cluster):
    """Running, whatever the test before did to it."""
    if not kept_cluster.runs:
        kept_cluster.start()
    return kept_cluster
