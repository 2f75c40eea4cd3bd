"""A visitor who costs next to nothing, so that a benchmark measures the site: one socket, and a parser that
knows only what our own server answers (`tests/visiting.py` knows more, and takes five times as long)."""

import re
import socket
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
LOCATION = re.compile(rb"\r\nlocation: ([^\r]+)", re.IGNORECASE)
COOKIE = re.compile(rb"\r\nset-cookie: *([^=]+)=([^;\r]*)", re.IGNORECASE)


@dataclass(slots=True)
class Answer:
    status: int
    location: str
    body: bytes


class Visitor:
    """One connection that is kept open, one set of cookies."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self.host, self.token = parts.netloc, ""
        self.cookies: dict[str, str] = {}
        self.connection = socket.create_connection((parts.hostname, parts.port), timeout=30)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def get(self, path: str) -> Answer:
        return self.ask(f"GET {path} HTTP/1.1\r\n", "")

    def post(self, path: str, **fields: str) -> Answer:
        body = urlencode({**fields, "csrfmiddlewaretoken": self.token})
        kind = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        return self.ask(f"POST {path} HTTP/1.1\r\n{kind}", body)

    def open(self, path: str) -> Answer:
        """GET, following where it leads on this site."""
        answer = self.get(path)
        while answer.location:
            answer = self.get(answer.location)
        return answer

    def ask(self, start: str, body: str) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        common = f"Host: {self.host}\r\nUser-Agent: Mozilla/5.0\r\nCookie: {cookies}\r\n\r\n"
        self.connection.sendall((start + common + body).encode())
        head, content = self.receive()
        for name, value in COOKIE.findall(head):
            self.cookies[name.decode()] = value.decode()
        found = TOKEN.search(content)
        if found:
            self.token = found[1].decode()
        location = LOCATION.search(head)
        return Answer(int(head[9:12]), location[1].decode() if location else "", content)

    def receive(self) -> tuple[bytes, bytes]:
        """Head and body of one answer. Every answer of ours says how long it is."""
        got = b""
        while (end := got.find(b"\r\n\r\n")) < 0:
            got += self.more()
        head, length = got[: end + 2], LENGTH.search(got, 0, end + 2)
        while length and len(got) < end + 4 + int(length[1]):
            got += self.more()
        return head, got[end + 4 :]

    def more(self) -> bytes:
        chunk = self.connection.recv(65_536)
        if not chunk:
            raise ConnectionResetError("the server hung up")
        return chunk
