"""The one way out to an address that somebody else wrote: a company's sign-in, its keys, its metadata.

Whoever sets up a connection chooses where this site calls. So the name is resolved once, what it stands for
is judged, and the very address that was judged is connected to: neither the network this site runs in nor its
own host can be reached by it (server-side request forgery), nor by a name that changes between the two.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext_lazy as _

from matricula.security.networks import host_in_ascii, may_be_called
from matricula.security.tls import CertificateRefused, tls_context, verifying
from matricula.web.bodies import place_left
from matricula.web.refusals import Refusal

LARGEST = 5 * 1024 * 1024
"""Bytes of an answer, as long as nobody says otherwise."""
SECONDS = 10
"""From the question to the name servers to the last byte, however many addresses there are."""
MOST_ADDRESSES = 3
"""Of one name, that are tried."""
PORTS_FROM = 1024
CHUNK = 64 * 1024


@dataclass(frozen=True)
class Fetched:
    status: int
    headers: Mapping[str, str]
    """By lower-case name."""
    content: bytes


class FetchFailed(Refusal):
    """Nothing came that could be used. `words` says more, for whoever set the address up."""

    code = "fetch_failed"
    sentence = _("That address did not answer as it should.")

    def __init__(self, words: str = "") -> None:
        super().__init__(words)
        self.words = words


class AddressForbidden(FetchFailed):
    code = "address_forbidden"
    sentence = _(
        "This site does not call that address: it has to be a public https address. Whoever runs the site can"
        " allow networks of their own with MATRICULA_PRIVATE_NETWORKS."
    )


class Unreachable(FetchFailed):
    code = "unreachable"
    sentence = _("Nothing answered at that address.")


class Untrusted(FetchFailed):
    code = "certificate_refused"
    sentence = _("The certificate at that address is not trusted, so nothing was said to it.")


class TooSlow(FetchFailed):
    code = "too_slow"
    sentence = _("That address did not answer within 10 seconds.")


class TooLarge(FetchFailed):
    code = "too_large"
    sentence = _("What is at that address is too large.")


class Redirected(FetchFailed):
    code = "redirected"
    sentence = _("That address sends on to another one. Enter the address it leads to.")


def fetch(
    url: str,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    largest: int = LARGEST,
) -> Fetched:
    """Ask `url` and return its answer, whatever its status but a redirect.

    Call it outside a transaction: it may take SECONDS. Raises AddressForbidden, Unreachable, Untrusted,
    TooSlow, TooLarge, Redirected.
    """
    parts, ends = permitted_parts(url), time.monotonic() + SECONDS
    with place_left(), translated_faults(parts.hostname or ""):
        plain = connect_to_first(permitted_addresses(parts, ends)[:MOST_ADDRESSES], ends)
        with cut_off(plain, ends) as ran_out:
            try:
                fetched = ask(secured(plain, parts), parts, method, body, headers or {}, largest)
            except (OSError, http.client.HTTPException) as fault:
                raise TooSlow if ran_out() else fault from fault
        # An answer that says nothing of its length seems whole when its connection was cut.
        if ran_out():
            raise TooSlow
    return fetched


def permitted_parts(url: str) -> SplitResult:
    """Raises AddressForbidden for all but an https address without a password in it.

    Plain http is for networks that the operator named; whether this is one, its addresses tell.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or (80 if parts.scheme == "http" else 443)
    except ValueError as malformed:
        raise AddressForbidden from malformed
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.username is not None:
        raise AddressForbidden
    if port not in (80, 443) and port < PORTS_FROM:
        raise AddressForbidden
    # http.client writes it into its first line as it stands: no space, no end of line, no other script.
    if not url.isascii() or any(one <= " " or one == "\x7f" for one in url):
        raise AddressForbidden
    return parts


def time_left(ends: float) -> float:
    """Seconds, more than none. Raises TimeoutError."""
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def permitted_addresses(parts: SplitResult, ends: float) -> list[tuple[str, int]]:
    """What the host's name stands for, as far as it may be called.

    Raises AddressForbidden, Unreachable, TimeoutError.
    """
    port = parts.port or (80 if parts.scheme == "http" else 443)
    try:
        found = resolve(host_in_ascii(parts.hostname or ""), port, ends)
    except TimeoutError:
        raise
    except (OSError, UnicodeError, ValueError) as unknown:
        raise Unreachable from unknown
    permitted = [
        (address, port)
        for address in found
        if may_be_called(ipaddress.ip_address(address.partition("%")[0]), parts.scheme)
    ]
    if not permitted:
        raise AddressForbidden
    return permitted


def resolve(host: str, port: int, ends: float) -> list[str]:
    """Its addresses. Raises TimeoutError, and what getaddrinfo raises.

    That knows no time-out, and whoever chose the name may have chosen its name servers too: it is asked in a
    thread, which is left behind and ends when the machine's resolver gives up.
    """
    told: Future[list[str]] = Future()

    def look() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            told.set_result([str(address[0]) for *_rest, address in found])
        except Exception as fault:
            told.set_exception(fault)

    threading.Thread(target=look, daemon=True).start()
    return told.result(time_left(ends))


def connect_to_first(addresses: list[tuple[str, int]], ends: float) -> socket.socket:
    """To the first that answers. A silent one has its share of the time that is left, and no more."""
    faults: list[OSError] = []
    for tried, address in enumerate(addresses):
        try:
            share = time_left(ends) / (len(addresses) - tried)
            return socket.create_connection(address, timeout=share)
        except OSError as fault:
            faults.append(fault)
    raise faults[-1]


@contextmanager
def cut_off(connected: socket.socket, ends: float) -> Iterator[Callable[[], bool]]:
    """At `ends` the connection ends, however slowly bytes keep coming: a socket's own time-out counts each
    wait anew. Yields whether that happened."""
    over, handle = threading.Event(), connected.dup()

    def end() -> None:
        over.set()
        with suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)

    connected.settimeout(SECONDS)
    timer = threading.Timer(max(0, ends - time.monotonic()), end)
    timer.daemon = True
    timer.start()
    try:
        yield over.is_set
    finally:
        timer.cancel()
        connected.close()
        handle.close()


def secured(plain: socket.socket, parts: SplitResult) -> http.client.HTTPConnection:
    """Speaks in the name of the host that was asked for, and believes no other certificate."""
    host = host_in_ascii(parts.hostname or "")
    connection = http.client.HTTPConnection(host, timeout=SECONDS)
    connection.sock = plain
    if parts.scheme == "https":
        with verifying(host):
            connection.sock = tls_context().wrap_socket(plain, server_hostname=host)
    return connection


def ask(
    connection: http.client.HTTPConnection,
    parts: SplitResult,
    method: str,
    body: bytes | None,
    headers: Mapping[str, str],
    largest: int,
) -> Fetched:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    sent = {"Host": parts.netloc, "User-Agent": "Matricula", "Accept-Encoding": "identity", **headers}
    with closing(connection):
        connection.request(method, target, body=body, headers=sent)
        answer = connection.getresponse()
        if 300 <= answer.status < 400:
            raise Redirected(answer.headers.get("Location", "")[:500])
        return Fetched(answer.status, named(answer.headers), read_up_to(answer, largest))


def named(headers: http.client.HTTPMessage) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def read_up_to(answer: http.client.HTTPResponse, largest: int) -> bytes:
    """All of it. Raises TooLarge as soon as it is, whatever the answer said of its length."""
    content = bytearray()
    while chunk := answer.read(CHUNK):
        content += chunk
        if len(content) > largest:
            raise TooLarge
    if answer.length:
        raise http.client.IncompleteRead(bytes(content), answer.length)
    return bytes(content)


@contextmanager
def translated_faults(host: str) -> Iterator[None]:
    """What goes wrong between two hosts, as one of ours."""
    try:
        yield
    except CertificateRefused as fault:
        raise Untrusted(str(fault)) from fault
    except TimeoutError as fault:
        raise TooSlow from fault
    except (OSError, ssl.SSLError, http.client.HTTPException, UnicodeError) as fault:
        raise Unreachable(f"{host}: {fault}") from fault
