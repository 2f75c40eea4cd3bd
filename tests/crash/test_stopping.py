"""Ctrl-C and SIGTERM, once and twice, from a terminal and from elsewhere: every process ends, and quietly.

STOPPED_TIMES=50 stops the demonstration so often; what it took is printed with `-s`.
"""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.crash.conftest import answers, free_port, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Processes of a group are read from /proc")
TIMES = int(os.environ.get("STOPPED_TIMES", "5"))
WITHIN_SECONDS = 2
WAYS = [
    (signal.SIGINT, "group", 1),
    (signal.SIGTERM, "parent", 1),
    (signal.SIGINT, "group", 2),
    (signal.SIGTERM, "group", 2),
    (signal.SIGINT, "parent", 2),
]
"""Which signal, to whom, how often; a terminal tells the whole group."""


def of_group(group):
    """Processes of a group that run."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _parent, its_group = status.read_text().rpartition(")")[2].split()[:3]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(its_group) == group and state != "Z":
            found.append(int(status.parent.name))
    return found


class Site:
    """A command in a process group of its own, as a shell starts it."""

    def __init__(self, folder, *command, **environment):
        self.port, self.log = free_port(), folder / "log.txt"
        outside = {
            "MATRICULA_DEVELOPMENT": "true",
            "MATRICULA_DATA": str(folder / "data"),
            "BASE_URL": f"http://127.0.0.1:{self.port}",
            "MATRICULA_WORKER_PROCESSES": "2",
            **environment,
        }
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "matricula", *command],
                env={**kept, **outside},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def keep_alive(self):
        """A browser that has seen a page and keeps its connection."""
        browser = socket.create_connection(("127.0.0.1", self.port), 10)
        browser.sendall(f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n\r\n".encode())
        assert b"200 OK" in browser.recv(4000)
        return browser

    def tell(self, name, whom):
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, name) if whom == "group" else os.kill(self.process.pid, name)

    def seconds_to_end(self, limit):
        """Until no process of the group runs."""
        began = time.monotonic()
        while self.process.poll() is None or of_group(self.process.pid):
            if time.monotonic() - began > limit:
                left = [Path(f"/proc/{one}/cmdline").read_text() for one in of_group(self.process.pid)]
                raise AssertionError(f"still running after {limit} s: {left}")
            time.sleep(0.01)
        return time.monotonic() - began

    def end(self):
        for one in of_group(self.process.pid):
            os.kill(one, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def site(tmp_path):
    running = []

    def start(*command, **environment):
        running.append(Site(tmp_path, *command, **environment))
        return running[-1]

    yield start
    for one in running:
        one.end()


def is_quiet(log):
    """Neither a traceback nor a complaint."""
    return not re.search(r"Traceback|Exception|ERROR|Error", log.read_text())


def test_the_demonstration_ends_within_two_seconds_however_it_is_told(site):
    taken = []
    for number in range(TIMES):
        name, whom, often = WAYS[number % len(WAYS)]
        demo = site("demo", "--serve")
        until(lambda port=demo.port: answers(port), seconds=60)
        browser = demo.keep_alive()
        unread = socket.create_connection(("127.0.0.1", demo.port), 10)
        time.sleep(0.1 * (number // len(WAYS)))  # the worker is at another point of its beginning each time
        demo.tell(name, whom)
        for _again in range(1, often):
            time.sleep(0.15 * (number % 4))
            demo.tell(name, whom)
        taken.append(demo.seconds_to_end(limit=10))
        browser.close(), unread.close()
        assert demo.process.returncode in (0, 130), (name, whom, often)
        assert is_quiet(demo.log), demo.log.read_text()
    print(f"\n{TIMES} of {TIMES} ended, the slowest after {max(taken):.2f} s")
    assert max(taken) < WITHIN_SECONDS


@pytest.mark.parametrize("after", [0.0, 0.2, 0.5, 1.0])
@pytest.mark.parametrize("command", [("demo", "--serve"), ("serve",), ("worker",)])
def test_told_while_it_still_begins_it_ends_as_well(site, command, after):
    begun = site(*command)
    time.sleep(0.15 + after)
    begun.tell(signal.SIGINT, "group")
    assert begun.seconds_to_end(limit=10) < WITHIN_SECONDS
    assert begun.process.returncode in (0, 130)
    assert is_quiet(begun.log), begun.log.read_text()


@pytest.mark.parametrize("command", [("serve",), ("demo", "--serve")])
def test_a_port_in_use_is_told_and_one_that_was_just_left_is_free(site, command):
    first = site("serve")
    until(lambda: answers(first.port), seconds=60)
    browser, there = first.keep_alive(), {"BASE_URL": f"http://127.0.0.1:{first.port}"}
    second = site(*command, **there)
    until(lambda: second.process.poll() is not None, seconds=20)
    assert second.process.returncode == 1
    assert f"Port {first.port} is in use" in second.log.read_text()
    first.tell(signal.SIGTERM, "parent")
    first.seconds_to_end(limit=10)
    third = site(*command, **there)
    until(lambda: answers(first.port) or third.process.poll() is not None, seconds=60)
    assert third.process.poll() is None, third.log.read_text()
    browser.close()


@pytest.fixture
def half_sent(site):
    """A server, and a form of which half has arrived: a page under way for as long as the test likes."""
    serving = site("serve", MATRICULA_STOP_SECONDS="3", MATRICULA_WORKERS="1")
    until(lambda: answers(serving.port), seconds=60)
    form = socket.create_connection(("127.0.0.1", serving.port), 10)
    head = [
        "POST /account/log-in/ HTTP/1.1",
        f"Host: 127.0.0.1:{serving.port}",
        f"Cookie: csrftoken={'x' * 32}",
    ]
    more = ["Content-Type: application/x-www-form-urlencoded", "Content-Length: 10", "", "a=1&b"]
    form.sendall("\r\n".join([*head, *more]).encode())
    time.sleep(0.5)
    yield serving, form
    form.close()


def test_told_once_a_server_finishes_the_page_under_way(half_sent):
    serving, form = half_sent
    serving.tell(signal.SIGTERM, "group")
    time.sleep(1)
    form.sendall(b"=2345")
    assert form.recv(4000).startswith(b"HTTP/1.1 403")
    assert serving.seconds_to_end(limit=10) < WITHIN_SECONDS
    assert serving.process.returncode == 0


def test_told_twice_a_server_ends_at_once(half_sent):
    serving, _form = half_sent
    serving.tell(signal.SIGTERM, "parent")
    time.sleep(0.5)
    assert serving.process.poll() is None
    serving.tell(signal.SIGTERM, "parent")
    assert serving.seconds_to_end(limit=10) < 1
    assert is_quiet(serving.log), serving.log.read_text()


def test_a_server_waits_no_longer_than_it_is_told_to(half_sent):
    serving, _form = half_sent
    serving.tell(signal.SIGTERM, "parent")
    assert 2.5 < serving.seconds_to_end(limit=10) < 4.5


class Browser(threading.Thread):
    """Asks for page after page over one connection, until it is told that the connection ends."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port, self.closed, self.broken, self.pages, self.goes_on = port, 0, [], 0, True

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        while self.goes_on:
            try:
                connection.request("GET", "/healthz")
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException) as fault:
                self.broken.append(repr(fault))
                connection.close()
                continue
            self.pages += 1
            if answer.will_close:
                self.closed += 1
                connection.close()
            time.sleep(0.02)


def test_reloading_cuts_no_connection_of_those_who_read(site):
    serving = site("serve", MATRICULA_WORKERS="2")
    until(lambda: answers(serving.port), seconds=60)
    time.sleep(2)
    before = set(of_group(serving.process.pid)) - {serving.process.pid}
    browsers = [Browser(serving.port) for _ in range(6)]
    for one in browsers:
        one.start()
    serving.tell(signal.SIGHUP, "parent")
    until(lambda: not before & set(of_group(serving.process.pid)), seconds=60)
    time.sleep(0.5)
    for one in browsers:
        one.goes_on = False
    for one in browsers:
        one.join(timeout=20)
    assert [fault for one in browsers for fault in one.broken] == []
    assert all(one.pages > 50 and one.closed for one in browsers)
    serving.tell(signal.SIGTERM, "parent")
    assert serving.seconds_to_end(limit=10) < WITHIN_SECONDS
