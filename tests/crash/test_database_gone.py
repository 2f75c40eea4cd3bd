"""The database goes away under a running server, and comes back."""

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.crash.conftest import answers, free_port, processes, until
from tests.visiting import Visitor

UNKNOWN = "/join/" + "x" * 43 + "/"
TOKEN = "prometheus-0123456789"
PATIENCE_SECONDS = 5
"""No page may keep a visitor waiting longer while the database is away."""


def status(address, path):
    return Visitor(address).get(path).status


@pytest.fixture(scope="module")
def served(kept_cluster, tmp_path_factory):
    """A server on a database of its own."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    outside = {"DATABASE_URL": kept_cluster.url, "PORT": str(port), "BASE_URL": address}
    outside["MATRICULA_METRICS_TOKEN"] = TOKEN
    folder = tmp_path_factory.mktemp("served")
    with processes(folder) as start, (folder / "log.txt").open("w") as log:
        assert start("-m", "matricula", "migrate", **outside).wait(60) == 0
        start("-m", "matricula", "serve", log=log, **outside)
        until(lambda: answers(port))
        yield address


@pytest.fixture
def log_lines(served, tmp_path_factory):
    """What the server wrote to its log since the test began."""
    file = tmp_path_factory.getbasetemp() / "served0/log.txt"
    before = len(file.read_text().splitlines())
    return lambda: file.read_text().splitlines()[before:]


@pytest.fixture
def address(served, cluster):
    """Ready, whatever the test before did to its database."""
    until(lambda: status(served, "/readyz") == 200)
    return served


def test_database_gone_the_page_says_so_and_comes_back_without_a_restart(address, cluster):
    login = "/account/log-in/"
    visitor = Visitor(address)
    assert (visitor.get(login).status, status(address, "/readyz")) == (200, 200)
    form = {"email": "ada@home.example", "password": "correct horse battery"}
    assert visitor.post(login, **form).status == 200

    cluster.stop()
    began = time.monotonic()
    gone = visitor.post(login, **form)
    assert time.monotonic() - began < PATIENCE_SECONDS
    assert (gone.status, gone.retry_after) == (503, "5")
    assert b"reload this page to send it again" in gone.body
    assert b'http-equiv="refresh"' not in gone.body
    paused = visitor.get(UNKNOWN)
    assert (paused.status, b'http-equiv="refresh" content="5"' in paused.body) == (503, True)
    assert (status(address, "/healthz"), status(address, "/readyz")) == (200, 503)

    time.sleep(3)
    cluster.start()
    until(lambda: status(address, "/readyz") == 200, seconds=10)
    assert visitor.post(login, **form).status == 200
    assert {status(address, UNKNOWN) for _ in range(20)} == {404}


def test_database_restarted_between_two_pages_costs_one_page_at_most(address, cluster):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: status(address, UNKNOWN), range(200)))
    cluster.stop()
    cluster.start()
    assert [status(address, UNKNOWN) for _ in range(30)][1:] == [404] * 29


def test_database_gone_the_api_says_when_to_come_back(address, cluster):
    def ask():
        visitor = Visitor(address)
        visitor.connection.request(
            "GET", "/api/v1/programs/", headers={"Authorization": "Bearer matricula_x"}
        )
        answer = visitor.connection.getresponse()
        return answer.status, json.loads(answer.read())["code"], answer.headers.get("Retry-After")

    assert ask() == (401, "token_refused", None)
    cluster.stop()
    assert ask() == (503, "database_away", "5")
    cluster.start()
    until(lambda: ask()[0] == 401, seconds=10)


def test_database_gone_monitoring_reads_that_it_is(address, cluster):
    def told():
        answer = Visitor(address).ask("GET", "/metrics", Authorization=f"Bearer {TOKEN}")
        return answer.status, re.search(rb"^matricula_database_up (\d)$", answer.body, re.M)[1]

    assert told() == (200, b"1")
    cluster.stop()
    assert told() == (200, b"0")
    cluster.start()
    until(lambda: told() == (200, b"1"), seconds=10)


def test_database_gone_each_page_writes_one_line_of_log(address, cluster, log_lines):
    cluster.stop()
    for path in ["/account/log-in/", UNKNOWN] * 5:
        assert Visitor(address).get(path).status in (200, 503)
    paused = [line for line in log_lines() if "django.request" in line]
    assert 5 <= len(paused) <= 10
    assert all("the database is away" in line for line in paused)
    assert not [line for line in log_lines() if line.startswith((" ", "Traceback"))]
