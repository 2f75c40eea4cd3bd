"""Identity providers that others wrote, each a process (one a thread) of its own for as long as tests run.

Those on node are installed by `npm ci` from the list beside this file, outside the repository: in
`MATRICULA_COUNTERPARTS`, else in the user's cache. What is not installed is left out, by name.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from matricula.sso.tests.minting import certificate, private_key

HERE = Path(__file__).parent
INSTALLED = Path(os.environ.get("MATRICULA_COUNTERPARTS", "~/.cache/matricula/counterparts")).expanduser()
LOOPBACK = [ip_network("127.0.0.0/8"), ip_network("::1/128")]
"""The networks of an operator who lets the site ask providers on this machine."""
START_SECONDS = 30
LONGEST_SECONDS = 3600
"""Nothing outlives the longest run of the tests, even where pytest itself is killed."""
WITH_ITS_PARENT = ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []
"""Where Linux can, it ends in the moment in which pytest is killed."""


def leave_out(what: str, why: str) -> None:
    pytest.skip(f"LEFT OUT: {what}: {why}")


def require_package(name: str) -> None:
    """Skips where npm's package is not installed."""
    if shutil.which("node") is None:
        leave_out(f"npm {name}", "node is not installed")
    if not (INSTALLED / "node_modules" / name).is_dir():
        leave_out(f"npm {name}", f"it is not installed in {INSTALLED} (see .ci/run)")


@contextmanager
def openid_mock(
    monkeypatch: pytest.MonkeyPatch, settings: Any, people: dict[str, dict[str, str]], host: str = "localhost"
) -> Iterator[str]:
    """PyPI oidc-provider-mock in a thread: its issuer. `people`: the claims of each, by subject."""
    settings.PRIVATE_NETWORKS = LOOPBACK
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    mock = pytest.importorskip("oidc_provider_mock", reason="LEFT OUT: PyPI oidc-provider-mock")
    known = [mock.User(sub=subject, claims=claims) for subject, claims in people.items()]
    with mock.run_server_in_thread(user_claims=known) as server:
        yield f"http://{host}:{server.server_port}"


@contextmanager
def running(command: list[str], folder: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends with the block, or within the hour."""
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            [*WITH_ITS_PARENT, "timeout", "--kill-after=5", str(LONGEST_SECONDS), *command],
            cwd=folder,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)


@contextmanager
def on_node(package: str, script: str, folder: Path) -> Iterator[str]:
    """The address of one of the scripts beside this file, which say it as their first line."""
    require_package(package)
    for one in HERE.glob("*.mjs"):
        shutil.copy(one, folder)
    (folder / "node_modules").symlink_to(INSTALLED / "node_modules")
    write_keys(folder)
    with running(["node", "--no-warnings", script], folder) as process:
        yield wait_for_address(process, folder / "log.txt")


@contextmanager
def on_python(package: str, script: str, folder: Path) -> Iterator[str]:
    """The address of a script that needs packages which do not agree with ours."""
    python = INSTALLED / "python/bin/python"
    if not python.exists():
        leave_out(f"PyPI {package}", f"it is not installed in {INSTALLED} (see .ci/run)")
    if shutil.which("xmlsec1") is None:
        leave_out(f"PyPI {package}", "the program xmlsec1 is not installed")
    write_keys(folder)
    with running([str(python), str(HERE / script)], folder) as process:
        yield wait_for_address(process, folder / "log.txt")


def wait_for_address(process: subprocess.Popen[bytes], log: Path) -> str:
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends and process.poll() is None:
        for line in log.read_text(errors="replace").splitlines():
            if line.startswith("ready "):
                return line.split()[1]
        time.sleep(0.02)
    raise AssertionError(f"it did not start: {log.read_text(errors='replace')[-2000:]}")


def write_keys(folder: Path) -> None:
    """Those of the provider in `minting`, as files."""
    key = private_key("acme").private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(key)
    body = "\n".join(wrapped(certificate("acme").to_text()))
    pem = f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"
    (folder / "certificate.pem").write_text(pem)


def wrapped(text: str) -> list[str]:
    return [text[n : n + 64] for n in range(0, len(text), 64)]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def wait_until_open(port: int, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends and process.poll() is None:
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError(f"nothing listens at {port}")
