"""Bodies are awaited before the work begins: for so long, and of so many."""

import io
import threading
import time

import pytest
from django.db import connection

from matricula.web.bodies import (
    MOST_LARGE,
    MOST_OF_ONE,
    SMALL,
    WORK_AT_ONCE,
    PacedBody,
    held,
    place_left,
    receive_bodies,
)


class Slow:
    """Comes in pieces, each after a pause."""

    def __init__(self, pieces, pause):
        self.pieces, self.pause = list(pieces), pause

    def read(self, size):
        time.sleep(self.pause)
        return self.pieces.pop(0) if self.pieces else b""


def pages(environ, start):
    length = int(environ.get("CONTENT_LENGTH") or 0)
    content = b""
    while len(content) < length and (piece := environ["wsgi.input"].read(length - len(content))):
        content += piece
    start("200 OK", [])
    return [str(len(content)).encode()]


def ask(site, body=None, length=0, address="192.0.2.1:5000"):
    said = []
    environ = {"CONTENT_LENGTH": str(length), "wsgi.input": body, "REMOTE_ADDR": address}
    content = b"".join(site(environ, lambda status, headers: said.append(status)))
    return said[0][:3], content


@pytest.fixture
def site():
    return receive_bodies(pages)


def test_a_body_that_comes_is_handed_on_whole(site):
    assert ask(site) == ("200", b"0")
    assert ask(site, io.BytesIO(b"x" * 300_000), 300_000) == ("200", b"300000")
    assert ask(site, Slow([b"ab", b"cd"], 0.2), 4) == ("200", b"4")
    assert ask(site, io.BytesIO(b"x" * (SMALL + 5)), SMALL + 5) == ("200", str(SMALL + 5).encode())


def test_whoever_sends_slowly_keeps_nobody_from_working(site):
    def send(number):
        ask(site, Slow([], 30), 10, address=f"192.0.2.{number}:1")

    senders = [threading.Thread(target=send, args=(n,), daemon=True) for n in range(4 * WORK_AT_ONCE)]
    for one in senders:
        one.start()
    time.sleep(0.2)
    assert ask(site, io.BytesIO(b"abc"), 3, address="192.0.2.99:1") == ("200", b"3")


@pytest.mark.parametrize(("length", "most"), [(10, MOST_OF_ONE), (SMALL + 1, MOST_LARGE)])
def test_of_one_network_and_of_large_bodies_only_so_many_are_awaited(length, most):
    site = receive_bodies(pages)
    answers = []

    def send():
        answers.append(ask(site, Slow([], 3), length)[0])

    senders = [threading.Thread(target=send, daemon=True) for _ in range(most + 2)]
    for one in senders:
        one.start()
    time.sleep(1)
    assert answers == ["503", "503"]
    for one in senders:
        one.join(timeout=20)
    assert len(answers) == most + 2
    assert ask(site, io.BytesIO(b"abc"), 3) == ("200", b"3")


def test_while_a_large_body_is_awaited_others_may_work():
    working = threading.BoundedSemaphore(1)
    working.acquire()
    body = io.BufferedReader(PacedBody(Slow([b"abc"], 0.5), working))
    reader = threading.Thread(target=body.read, args=(3,))
    reader.start()
    assert working.acquire(timeout=0.3)
    working.release()
    reader.join(timeout=10)
    assert not working.acquire(blocking=False)


def test_whoever_waits_for_somebody_elsewhere_keeps_nobody_from_working():
    inside, told = threading.Barrier(WORK_AT_ONCE + 1), threading.Event()

    def waits(environ, start):
        with place_left():
            inside.wait(10)
            told.wait(10)
        return pages(environ, start)

    site = receive_bodies(lambda environ, start: environ["page"](environ, start))

    def open_page(page):
        environ = {"page": page, "wsgi.input": None, "REMOTE_ADDR": "192.0.2.1:5000"}
        return b"".join(site(environ, lambda *_: None))

    waiting = [threading.Thread(target=open_page, args=[waits]) for _ in range(WORK_AT_ONCE)]
    for one in waiting:
        one.start()
    inside.wait(10)
    began = time.monotonic()
    assert open_page(pages) == b"0"
    assert time.monotonic() - began < 5
    told.set()
    for one in waiting:
        one.join(10)


def test_whoever_waits_elsewhere_works_again_only_when_there_is_a_place():
    """As many places are taken afterwards as before."""
    taken = []

    def looks(environ, start):
        place = held.place
        with place_left():
            free = [place.acquire(blocking=False) for _ in range(WORK_AT_ONCE + 1)]
            place.release(sum(free))
        taken.append((sum(free), sum(place.acquire(blocking=False) for _ in range(WORK_AT_ONCE))))
        place.release(taken[0][1])
        return pages(environ, start)

    ask(receive_bodies(looks))
    assert taken == [(WORK_AT_ONCE, WORK_AT_ONCE - 1)]
    assert held.place is None


@pytest.mark.django_db
def test_nothing_is_left_in_a_transaction_whose_connection_others_would_wait_for():
    def looks(environ, start):
        with place_left():
            assert connection.connection is not None
            free.append(held.place.acquire(blocking=False) and held.place._value)
            held.place.release()
        return pages(environ, start)

    free = []
    connection.ensure_connection()
    ask(receive_bodies(looks))
    assert free == [WORK_AT_ONCE - 2]
