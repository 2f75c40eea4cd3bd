"""Values that nobody's browser sends, and requests made of them."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import quote_from_bytes

from django import forms
from django.test.client import BOUNDARY, MULTIPART_CONTENT

from conftest import PASSWORD
from matricula.api.v1 import door
from tests.house.rooms import PACKAGE

NUL, SURROGATE, DIGITS, SUPERSCRIPT = b"a\0b", b"\xed\xa0\x80", b"9" * 5000, "²".encode()
TEXTS = {
    "NUL": NUL,
    "a lone surrogate": SURROGATE,
    "5,000 digits": DIGITS,
    "20 digits": b"9" * 20,
    "a superscript": SUPERSCRIPT,
    "no UTF-8": b"\xff\xfe",
    "nothing": b"",
    "blanks": b" " * 300,
    "below zero": b"-1",
    "a day that never was": b"0000-00-00",
    "a far day": b"9999-12-31",
    "turned round": "a\u202e@\u0130.example".encode(),
    "a long text": b"x" * 20_000,
    "an object": b"{}",
}
"""Of one field, in a form or a query."""
IN_PATHS = (b"\xff", SUPERSCRIPT, b"9" * 19, DIGITS[:2000], b"%", b"..", b"x" * 2000, b"0", b"9" * 5000)
BODIES = {
    "no JSON": b"{",
    "null": b"null",
    "a list": b"[]",
    "a number": b"1e999",
    "a long number": b"9" * 5000,
    "deep": b"[" * 100_000,
    "deep and whole": b"[" * 900 + b"]" * 900,
    "deep objects": b'{"a":' * 50_000,
    "no UTF-8": b'{"id":"\xff"}',
    "nothing": b"",
    "twice": b'{"id":1,"id":2}',
    "a NUL": b'{"id":"\\u0000","response":{},"type":"public-key"}',
    "a surrogate": b'{"id":"\\ud800","response":{"clientDataJSON":"\\ud800"},"type":"\\ud800"}',
    "wrong types": b'{"id":[],"rawId":{},"response":[],"type":1,"clientExtensionResults":null}',
}
IN_JSON: dict[str, Any] = {
    "NUL": "a\0b",
    "a lone surrogate": "\ud800",
    "many digits": 10**4000,
    "20 digits": 10**20,
    "below zero": -1,
    "half": 0.5,
    "null": None,
    "a list": [[[]]],
    "an object": {"a": {}},
    "nothing": "",
    "blanks": " " * 300,
    "a long text": "x" * 20_000,
    "yes": True,
    "a superscript": "²",
}
HEADERS = (
    {"Content-Type": "application/json; charset=nonsense"},
    {"Content-Type": "multipart/form-data"},
    {"Content-Type": "multipart/form-data; boundary=" + "x" * 300},
    {"Content-Length": "9" * 5000},
    {"Cookie": "matricula=\xff; csrftoken=\xff; joining=a:b; arrivals=\xff:\xff"},
    {"Accept-Language": "x" * 5000 + ";q=²"},
    {"Range": "bytes=" + "9" * 5000 + "-", "If-Range": "²"},
    {"Authorization": "Bearer \xff²", "Idempotency-Key": "\xff"},
    {"User-Agent": "\xff" * 900, "X-Forwarded-For": "²,\xff", "Referer": "\xff"},
)
FITTING = {
    "password": PASSWORD,
    "code": "123456",
    "email": "dana@nordlicht.example",
    "address": "dana@nordlicht.example",
    "work_email": "dana@nordlicht.example",
    "alternative_email": "dana@home.example",
    "people": "dana@nordlicht.example",
}
DOCUMENT = door.get_openapi_schema(path_prefix="/api/v1/")
FILES = (b"", b"\0" * 50, b"PK\x03\x04" + b"\xff" * 60, b"<svg" * 90, "\ufeff²,\0\n".encode("utf-16"))
JSON = "application/json"
URLENCODED = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Sent:
    """A request, but for its path; its words are written only when it is made."""

    told: str
    method: str
    query: Callable[[], str] = str
    body: Callable[[], bytes] = bytes
    content_type: str = URLENCODED
    headers: dict[str, str] = field(default_factory=dict)


def percent(fields: dict[str, bytes]) -> str:
    """As a browser writes a form, whatever is in it."""
    return "&".join(
        f"{quote_from_bytes(name.encode())}={quote_from_bytes(value)}" for name, value in fields.items()
    )


def form_of(fields: dict[str, bytes], times: int = 1) -> bytes:
    return b"&".join([percent(fields).encode()] * times)


def form_of_all(names: set[str], value: bytes) -> bytes:
    return form_of(dict.fromkeys(sorted(names), value[:3000]))


def query_of_all(names: set[str], value: bytes) -> str:
    return form_of_all(names, value).decode()[:60_000]


def as_it_is(body: bytes) -> Callable[[], bytes]:
    return lambda: body


def field_names() -> set[str]:
    """Whatever a form or a template of ours asks for, and what views read besides."""
    named = {name for one in all_forms(forms.BaseForm) for name in getattr(one, "base_fields", {})}
    written = {
        found
        for kind in ("*.html", "*.py", "*.js")
        for file in PACKAGE.rglob(kind)
        if "tests" not in file.parts
        for found in re.findall(
            r'(?:name="|(?:asked|request\.(?:GET|POST))\.get\("|text_in\([\w.]+, ")([\w-]+)"',
            file.read_text(),
        )
    }
    return named | written - {"csrfmiddlewaretoken"}


def all_forms(kind: Any) -> Iterator[Any]:
    for one in kind.__subclasses__():
        yield one
        yield from all_forms(one)


def fields_on(page: bytes) -> dict[str, bytes]:
    """What the form on a page asks for, filled in as somebody would."""
    found: dict[str, bytes] = {}
    for tag in re.findall(r"<(?:input|select|textarea|button)\b[^>]*>", page.decode(errors="replace")):
        name = re.search(r'\bname="([^"]+)"', tag)
        if name and name[1] != "csrfmiddlewaretoken":
            value = re.search(r'\bvalue="([^"]*)"', tag)
            found[name[1]] = (value[1] if value and value[1] else FITTING.get(name[1], "Dana")).encode()
    return found


def looks(names: set[str]) -> Iterator[Sent]:
    """GET with every name, and methods without any sense."""
    for told, value in TEXTS.items():
        yield Sent(f"GET, all {told}", "GET", partial(query_of_all, names, value))
    twice = "&".join(f"{name}=&{name}={name}&{name}[]=1" for name in sorted(names))
    yield Sent("GET, doubled and empty", "GET", lambda: twice)
    for nth, headers in enumerate(HEADERS):
        yield Sent(f"GET, headers {nth}", "GET", headers=headers)
    for method in ("HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"):
        yield Sent(method, method, body=as_it_is(b"\0\xff"))


def forms_sent(asked: dict[str, bytes], names: set[str]) -> Iterator[Sent]:
    """POST of a form in which one field, or all, is nasty."""
    for told, value in TEXTS.items():
        yield Sent(f"POST, all {told}", "POST", body=partial(form_of_all, names, value))
        for name in asked:
            yield Sent(f"POST, {name} {told}", "POST", body=partial(form_of, {**asked, name: value}))
    for nth, headers in enumerate(HEADERS):
        yield Sent(f"POST, headers {nth}", "POST", body=partial(form_of, asked), headers=headers)
    yield Sent("POST, doubled", "POST", body=partial(form_of, asked, 2))
    yield Sent("POST, nothing", "POST")
    yield Sent("POST, many", "POST", body=lambda: b"&".join(b"f%d=" % n for n in range(3000)))
    for nth, content in enumerate(FILES):
        body = partial(with_files, asked, content)
        yield Sent(f"POST, file {nth}", "POST", body=body, content_type=MULTIPART_CONTENT)


def with_files(asked: dict[str, bytes], content: bytes) -> bytes:
    """The fields, and files of names that no disk takes."""
    parts = [(f'name="{name}"', value) for name, value in asked.items()]
    parts += [
        (f'name="{name}"; filename="../\xff²{"x" * 300}.zip"', content) for name in ("file", "logo", "course")
    ]
    lines = [
        b"--%s\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n"
        % (BOUNDARY.encode(), about.encode(), value)
        for about, value in parts
    ]
    return b"".join(lines) + b"--%s--\r\n" % BOUNDARY.encode()


def documents_sent() -> Iterator[Sent]:
    """POST to views that take what a script of ours sends."""
    for told, body in BODIES.items():
        yield Sent(f"POST, JSON {told}", "POST", body=as_it_is(body), content_type=JSON)


def calls(path: str) -> Iterator[Sent]:
    """What a program may send to an address of the API: its own document with one value that cannot be."""
    for method, operation in operations_at(path).items():
        sample = sample_of(body_of(operation))
        for told, body in BODIES.items():
            yield Sent(f"{method}, {told}", method, body=as_it_is(body), content_type=JSON)
        for name in sample:
            for told, value in IN_JSON.items():
                body_with = partial(written, {**sample, name: value})
                yield Sent(f"{method}, {name} {told}", method, body=body_with, content_type=JSON)
        files = partial(with_files, {}, b"\xff\0")
        yield Sent(f"{method}, a file", method, body=files, content_type=MULTIPART_CONTENT)


def written(document: dict[str, Any]) -> bytes:
    return (
        json.dumps(document, default=str).encode()
        if 10**4000 not in document.values()
        else long_number(document)
    )


def long_number(document: dict[str, Any]) -> bytes:
    """Python writes no number of more than 4,300 digits, either."""
    name = next(one for one, value in document.items() if value == 10**4000)
    return json.dumps({**document, name: 0}).encode().replace(b": 0", b": 1" + b"0" * 5000)


def operations_at(path: str) -> dict[str, Any]:
    described = DOCUMENT["paths"]
    bare = "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", path)
    return {method.upper(): one for method, one in described.get(bare, {}).items()}


def body_of(operation: dict[str, Any]) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {})
    schema = next(iter(content.values()), {}).get("schema", {})
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    return DOCUMENT["components"]["schemas"].get(name, schema)


def sample_of(schema: dict[str, Any]) -> dict[str, Any]:
    return {name: FITTING.get(name, "Dana") for name in schema.get("properties", {})}


def path_with(path: str, value: bytes, given: dict[str, Any]) -> Iterator[str]:
    """The path with one name, each in turn, that means nothing."""
    for name in re.findall(r"<(?:\w+:)?(\w+)>", path):
        there = {**{one: str(two).encode() for one, two in given.items()}, name: value}
        yield "/" + "".join(
            quote_from_bytes(there[part]) if nth % 2 else part
            for nth, part in enumerate(re.split(r"<(?:\w+:)?(\w+)>", path))
        )
