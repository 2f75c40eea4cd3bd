"""What visitors send is awaited before a page's work begins.

A server that hands a request on before its body has come lends a thread to whoever sends slowly: as many slow
senders as threads stopped everything. So many threads may wait, few work, and nobody has many that wait.
How long one waits is not bounded here, for a read that waits for the network cannot be ended from outside:
that is for the proxy in front, which sends whole bodies (decision 47).
"""

import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from threading import BoundedSemaphore, Lock, local
from typing import Any, Protocol

from django.conf import settings
from django.db import connections

MIB = 1024 * 1024
WORK_AT_ONCE = 4
"""Pages a process works on at once; Python gains nothing from more, and the database's pool is larger."""
MOST_SENDERS, MOST_OF_ONE, MOST_LARGE = 64, 8, 4
"""Bodies that a process awaits at once: in all, of one network address, and large ones."""
SMALL = 4 * MIB
"""Larger ones come from people who are signed in, so the page asks who it is before it reads."""
PIECE = 64 * 1024
HEADERS = [("Content-Type", "text/plain; charset=utf-8"), ("Connection", "close"), ("Retry-After", "10")]
held = local()
"""`place`: what the page that this thread makes has taken of those that work at once."""
CROWDED = "Too much arrives at once. Send it again."
Environ = dict[str, Any]
Pages = Callable[[Environ, Any], Iterable[bytes]]


class Readable(Protocol):
    def read(self, size: int) -> bytes: ...


class TooManySenders(Exception):
    """So many are sending that nobody waits for one more."""


class Senders:
    """Who is sending at this moment."""

    def __init__(self) -> None:
        self.lock, self.of_one, self.all, self.large = Lock(), Counter[str](), 0, 0

    @contextmanager
    def one_more(self, address: str, is_large: bool) -> Any:
        """Behind a proxy all have its address, and it sends whole bodies. Raises TooManySenders."""
        with self.lock:
            crowded = self.of_one[address] >= MOST_OF_ONE and not settings.TRUSTED_PROXIES
            if crowded or self.all >= MOST_SENDERS or (is_large and self.large >= MOST_LARGE):
                raise TooManySenders
            self.count(address, is_large, 1)
        try:
            yield
        finally:
            with self.lock:
                self.count(address, is_large, -1)

    def count(self, address: str, is_large: bool, change: int) -> None:
        self.all += change
        self.large += change * is_large
        self.of_one[address] += change
        if not self.of_one[address]:
            del self.of_one[address]


class PacedBody(io.RawIOBase):
    """A large body, read by the page itself; while it waits, others may work."""

    def __init__(self, body: Readable, working: BoundedSemaphore) -> None:
        self.body, self.working = body, working

    def readable(self) -> bool:
        return True

    def readinto(self, room: Any) -> int:
        self.working.release()
        try:
            piece = self.body.read(min(len(room), PIECE))
        finally:
            self.working.acquire()
        room[: len(piece)] = piece
        return len(piece)


@contextmanager
def place_left() -> Iterator[None]:
    """While a page waits for somebody elsewhere, others work: its place is theirs, and its connection to the
    database goes back to the pool. Outside a served page, and in a transaction, nothing is left.
    """
    place: BoundedSemaphore | None = getattr(held, "place", None)
    opened = connections.all(initialized_only=True)
    if place is None or any(one.in_atomic_block for one in opened):
        yield
        return
    for one in opened:
        one.close()
    place.release()
    try:
        yield
    finally:
        place.acquire()


def receive_bodies(pages: Pages) -> Pages:
    """WSGI middleware: 503 when too many bodies are coming."""
    working, senders = BoundedSemaphore(WORK_AT_ONCE), Senders()

    def work(environ: Environ, start: Any) -> Iterable[bytes]:
        with working:
            held.place = working
            try:
                return pages(environ, start)
            finally:
                held.place = None

    def answer(environ: Environ, start: Any) -> Iterable[bytes]:
        length = length_of(environ)
        if not length:
            return work(environ, start)
        address = str(environ.get("REMOTE_ADDR", "")).rpartition(":")[0] or str(environ.get("REMOTE_ADDR"))
        try:
            with senders.one_more(address, length > SMALL):
                if length > SMALL:
                    paced = PacedBody(environ["wsgi.input"], working)
                    environ["wsgi.input"] = io.BufferedReader(paced, PIECE)
                    return work(environ, start)
                environ["wsgi.input"] = whole_body(environ["wsgi.input"], length)
            return work(environ, start)
        except TooManySenders:
            return refuse(start, "503 Service Unavailable", CROWDED)

    return answer


def length_of(environ: Environ) -> int:
    """Without a length, Django reads no body at all."""
    length = str(environ.get("CONTENT_LENGTH") or "")[:19]  # longer ones are as much too much
    return int(length) if length.isascii() and length.isdigit() else 0


def whole_body(body: Readable, length: int) -> Readable:
    """Once it has come."""
    kept: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(max_size=MIB // 4)  # noqa: SIM115 - the page's
    left = length
    while left > 0 and (piece := body.read(min(PIECE, left))):
        kept.write(piece)
        left -= len(piece)
    kept.seek(0)
    return kept


def refuse(start: Any, status: str, words: str) -> list[bytes]:
    said = words.encode()
    start(status, [*HEADERS, ("Content-Length", str(len(said)))])
    return [said]
