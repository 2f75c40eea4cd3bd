"""Bodies that come slowly, or not at all, over real connections to a real server."""

import http.client
import re
import socket
import time
from contextlib import suppress

import pytest

from tests.crash.conftest import answers, free_port, until

pytestmark = pytest.mark.django_db(transaction=True)
SENDERS, PATIENCE_SECONDS = 16, 5


@pytest.fixture
def served(start):
    port = free_port()
    outside = {"PORT": str(port), "BASE_URL": f"http://127.0.0.1:{port}", "MATRICULA_WORKERS": "2"}
    server = start("-m", "matricula", "serve", **outside)
    until(lambda: answers(port), seconds=60)
    until(lambda: page(port) == 200)
    return server, port


def page(port):
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    asked.request("GET", "/account/log-in/")
    return asked.getresponse().status


def begin_form(port, length):
    """All but the body."""
    sender = socket.create_connection(("127.0.0.1", port), 30)
    head = ["POST /account/log-in/ HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Cookie: csrftoken={'x' * 32}"]
    more = ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {length}", "", ""]
    sender.sendall("\r\n".join([*head, *more]).encode())
    return sender


def status(sender):
    return int(re.match(rb"HTTP/1.1 (\d+)", sender.recv(4000))[1])


def test_slow_bodies_sixteen_of_them_stop_nobody(served):
    _server, port = served
    slow = [begin_form(port, 10) for _ in range(SENDERS)]
    for one in slow:
        one.sendall(b"a=1")
    time.sleep(0.5)
    for _ in range(10):
        began = time.monotonic()
        assert page(port) == 200
        assert time.monotonic() - began < 2
    for one in slow:
        with suppress(OSError):
            one.sendall(b"&b=2345")
    answered = [status(one) for one in slow]
    assert set(answered) <= {403, 503}
    assert 403 in answered


def test_a_body_that_is_too_large_is_refused_before_it_comes(served):
    port = served[1]
    began = time.monotonic()
    assert status(begin_form(port, 100 * 1024 * 1024)) == 413
    assert time.monotonic() - began < PATIENCE_SECONDS


def test_a_form_that_trickles_and_arrives_in_time_is_taken(served):
    _server, port = served
    sender = begin_form(port, 10)
    for piece in (b"a=1", b"&b=", b"2345"):
        time.sleep(0.4)
        sender.sendall(piece)
    assert status(sender) == 403
