"""A visitor with cookies who reads pages and presses buttons, over real HTTP and without a browser."""

import http.client
import re
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlencode, urlsplit

TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class Answer:
    status: int
    location: str
    body: bytes
    retry_after: str


class Visitor:
    """One connection that is kept open, one set of cookies."""

    faults: ClassVar[list[str]] = []
    """What was answered with a fault of ours, to any visitor: a pause (503) is none."""

    def __init__(self, address: str) -> None:
        self.cookies: dict[str, str] = {}
        self.token = ""
        self.connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def post(self, path: str, **fields: str) -> Answer:
        return self.ask("POST", path, urlencode({**fields, "csrfmiddlewaretoken": self.token}))

    def upload(self, path: str, field: str, name: str, content: bytes) -> Answer:
        """POST of a form with one file (RFC 7578)."""
        disposition = f'form-data; name="{field}"; filename="{name}"'.encode()
        token = b'form-data; name="csrfmiddlewaretoken"\r\n\r\n' + self.token.encode()
        parts = [
            b"--part\r\nContent-Disposition: " + token,
            b"--part\r\nContent-Disposition: " + disposition + b"\r\n\r\n" + content,
            b"--part--\r\n",
        ]
        return self.ask("POST", path, b"\r\n".join(parts), "multipart/form-data; boundary=part")

    def open(self, path: str) -> Answer:
        """GET, following where it leads on this site."""
        answer = self.get(path)
        while answer.location:
            answer = self.get(answer.location)
        return answer

    def ask(
        self,
        method: str,
        path: str,
        body: str | bytes | None = None,
        kind: str = "application/x-www-form-urlencoded",
        **more: str,
    ) -> Answer:
        sent = {
            **more,
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "User-Agent": "Mozilla/5.0",
        }
        if body is not None:
            sent["Content-Type"] = kind
        self.connection.request(method, path, body, sent)
        response = self.connection.getresponse()
        content = response.read()
        self.remember(response.headers.get_all("Set-Cookie") or [], content)
        headers = response.headers
        if response.status >= 500 and response.status != 503:
            self.faults.append(f"{method} {path}: {response.status}")
        return Answer(response.status, headers.get("Location", ""), content, headers.get("Retry-After", ""))

    def remember(self, cookies: list[str], content: bytes) -> None:
        for cookie in cookies:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        found = TOKEN.search(content)
        if found:
            self.token = found[1].decode()
