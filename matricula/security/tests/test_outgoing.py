"""What a company writes as an address leads to the wide world, never into the network this site runs in."""

import ipaddress
import socket
import threading
import time
from contextlib import contextmanager

import pytest

from matricula.security import outgoing
from matricula.security.networks import is_public
from matricula.security.outgoing import (
    AddressForbidden,
    Redirected,
    TooLarge,
    TooSlow,
    Unreachable,
    Untrusted,
    fetch,
)
from matricula.security.tests.certificates import Authority

LOOPBACK = [ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128")]
HELLO = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Kind: plain\r\n\r\nhello"

PRIVATE = """127.0.0.1 127.8.9.10 0.0.0.0 10.0.0.8 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 192.0.0.8
224.0.0.1 255.255.255.255 198.18.0.1 :: ::1 fe80::1 fc00::1 fd12::1 ff02::1 ::ffff:127.0.0.1 ::ffff:10.1.2.3
64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::a00:1 2002:7f00:1:: 2002:a9fe:a9fe:: 2001:db8::1"""
PUBLIC = "1.1.1.1 93.184.216.34 2606:4700:4700::1111 64:ff9b::101:101 ::ffff:1.1.1.1 2002:101:101::"


@contextmanager
def serving(*answers, tls=None, pause=0.0):
    """A server that says each of `answers` to whoever comes next; yields its port and what it was asked."""
    listener = socket.create_server(("127.0.0.1", 0))
    asked = []

    def serve():
        for answer in answers:
            try:
                one, _address = listener.accept()
                one.settimeout(5)
                one = tls.wrap_socket(one, server_side=True) if tls else one
                asked.append(one.recv(65_536))
                while asked[-1].startswith(b"POST") and not asked[-1].endswith(b"code=1"):
                    asked[-1] += one.recv(65_536)
                for piece in answer if isinstance(answer, list) else [answer]:
                    one.sendall(piece)
                    time.sleep(pause)
                one.close()
            except OSError:
                continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], asked
    finally:
        listener.close()
        thread.join(5)


@pytest.fixture
def own_network(settings):
    settings.PRIVATE_NETWORKS = LOOPBACK


@pytest.mark.parametrize("address", PRIVATE.split())
def test_an_address_of_ones_own_network_is_not_public_whatever_form_it_hides_in(address):
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PUBLIC.split())
def test_an_address_of_the_wide_world_is_public(address):
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://[::1]/",
        "https://[::ffff:169.254.169.254]/latest/meta-data/",
        "http://example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "https://user:password@example.com/",
        "https://example.com:22/",
        "https://example.com:99999/",
        "https://example.com/a\r\nHost: evil",
        "https://example.com/a b",
        "https:///",
        "//example.com/",
        "",
        "https://[",
    ],
)
def test_nobody_is_called_at_an_address_that_is_not_a_public_https_one(url, monkeypatch):
    called = []
    monkeypatch.setattr(socket, "create_connection", lambda *a, **k: called.append(a))
    monkeypatch.setattr(socket, "getaddrinfo", own_names(socket.getaddrinfo))
    with pytest.raises((AddressForbidden, Unreachable)):
        fetch(url)
    assert called == []


def own_names(ask):
    """No name server is asked: example.com is what it was, all else as this machine says."""

    def found(host, port, **rest):
        return ask("93.184.216.34" if host == "example.com" else host, port, **rest)

    return found


def test_a_name_that_leads_into_the_own_network_is_refused_and_is_asked_once(monkeypatch):
    """One that changes its address after it was judged gains nothing: who was judged is who is called."""
    asked, called = [], []

    def resolve(host, port, **_rest):
        asked.append(host)
        address = "93.184.216.34" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    def connect(address, timeout):
        called.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(Unreachable):
        fetch("https://rebind.example/")
    assert (asked, called) == (["rebind.example"], [("93.184.216.34", 443)])
    with pytest.raises(AddressForbidden):
        fetch("https://rebind.example/")


def test_an_answer_comes_with_its_status_headers_and_bytes(own_network):
    with serving(HELLO) as (port, asked):
        fetched = fetch(f"http://127.0.0.1:{port}/keys?x=1", headers={"Accept": "application/json"})
    assert (fetched.status, fetched.content, fetched.headers["x-kind"]) == (200, b"hello", "plain")
    first, *rest = asked[0].split(b"\r\n")
    assert first == b"GET /keys?x=1 HTTP/1.1"
    assert {b"Accept-Encoding: identity", b"Accept: application/json"} < set(rest)
    assert f"Host: 127.0.0.1:{port}".encode() in rest


def test_a_form_is_posted_and_a_refusal_is_an_answer_as_well(own_network):
    with serving(b"HTTP/1.1 400 Bad\r\nContent-Length: 2\r\n\r\n{}") as (port, asked):
        fetched = fetch(f"http://127.0.0.1:{port}/token", method="POST", body=b"code=1")
    assert (fetched.status, fetched.content) == (400, b"{}")
    assert asked[0].endswith(b"code=1")


def test_a_redirect_is_told_and_not_followed(own_network):
    away = b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"
    with serving(away) as (port, _asked), pytest.raises(Redirected) as told:
        fetch(f"http://127.0.0.1:{port}/")
    assert told.value.words == "http://169.254.169.254/"


@pytest.mark.parametrize("head", [b"Content-Length: 70000\r\n", b""])
def test_what_is_too_large_is_left_whatever_it_says_of_its_length(own_network, head):
    long = b"HTTP/1.1 200 OK\r\n" + head + b"\r\n" + b"x" * 70_000
    with serving(long) as (port, _asked), pytest.raises(TooLarge):
        fetch(f"http://127.0.0.1:{port}/", largest=65_536)


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n", b""]
)
def test_bytes_that_trickle_are_cut_off(own_network, monkeypatch, head):
    """Each comes well within a socket's own time-out."""
    monkeypatch.setattr(outgoing, "SECONDS", 0.4)
    with serving([head, *[b"H"] * 20], pause=0.1) as (port, _asked):
        began = time.monotonic()
        with pytest.raises(TooSlow):
            fetch(f"http://127.0.0.1:{port}/")
    assert time.monotonic() - began < 3


def many_addresses(count):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"93.184.216.{at}", 443)) for at in range(count)]
    return lambda *_asked, **_rest: found


def test_a_name_with_many_silent_addresses_holds_nobody_longer_than_one(monkeypatch):
    """Mallory's name stands for fifty hosts that drop what comes."""
    called = []

    def connect(address, timeout):
        called.append(address)
        time.sleep(timeout)
        raise TimeoutError

    monkeypatch.setattr(outgoing, "SECONDS", 0.3)
    monkeypatch.setattr(socket, "getaddrinfo", many_addresses(50))
    monkeypatch.setattr(socket, "create_connection", connect)
    began = time.monotonic()
    with pytest.raises(TooSlow):
        fetch("https://many.example/")
    assert time.monotonic() - began < 3
    assert len(called) == outgoing.MOST_ADDRESSES


def test_a_silent_address_leaves_time_for_the_one_after_it(own_network, monkeypatch):
    connect = socket.create_connection

    def silent_at_first(address, timeout):
        if address[0] != "127.0.0.1":
            time.sleep(timeout)
            raise TimeoutError
        return connect(address, timeout)

    with serving(HELLO) as (port, _asked):
        found = [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in ("127.0.0.9", "127.0.0.1")
        ]
        monkeypatch.setattr(outgoing, "SECONDS", 3)
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_asked, **_rest: found)
        monkeypatch.setattr(socket, "create_connection", silent_at_first)
        assert fetch(f"http://two.example:{port}/").content == b"hello"


def test_name_servers_that_never_answer_hold_nobody(monkeypatch):
    let_go = threading.Event()

    def never(*_asked, **_rest):
        let_go.wait(5)
        return []

    monkeypatch.setattr(outgoing, "SECONDS", 0.2)
    monkeypatch.setattr(socket, "getaddrinfo", never)
    began = time.monotonic()
    with pytest.raises(TooSlow):
        fetch("https://slow.example/")
    let_go.set()
    assert time.monotonic() - began < 2


def test_what_connecting_took_is_missing_for_reading(own_network, monkeypatch):
    connect = socket.create_connection

    def slowly(address, timeout):
        time.sleep(0.9)
        return connect(address, timeout)

    monkeypatch.setattr(outgoing, "SECONDS", 1)
    monkeypatch.setattr(socket, "create_connection", slowly)
    with serving([b"HTTP/1.1 200 OK\r\n\r\n", *[b"x"] * 30], pause=0.1) as (port, _asked):
        began = time.monotonic()
        with pytest.raises(TooSlow):
            fetch(f"http://127.0.0.1:{port}/")
        assert time.monotonic() - began < 1.7


def test_a_server_that_never_says_a_word_is_left(own_network, monkeypatch):
    monkeypatch.setattr(outgoing, "SECONDS", 0.3)
    with serving(b"", pause=2) as (port, _asked), pytest.raises((TooSlow, Unreachable)):
        fetch(f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize(
    "nonsense", [b"", b"hello\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"]
)
def test_what_is_no_whole_answer_is_none(own_network, nonsense):
    with serving(nonsense) as (port, _asked), pytest.raises(Unreachable):
        fetch(f"http://127.0.0.1:{port}/")


def test_a_certificate_is_believed_from_ones_own_authority_and_from_nobody_else(
    own_network, settings, tmp_path
):
    authority = Authority(tmp_path)
    with serving(HELLO, tls=authority.server()) as (port, asked), pytest.raises(Untrusted):
        fetch(f"https://localhost:{port}/")
    assert asked == [], "a word was said to whoever answered"
    settings.CA_FILE = str(authority.file)
    with serving(HELLO, tls=authority.server()) as (port, _asked):
        assert fetch(f"https://localhost:{port}/").content == b"hello"
    with serving(HELLO, tls=authority.server()) as (port, _asked), pytest.raises(Untrusted):
        fetch(f"https://127.0.0.1:{port}/")
