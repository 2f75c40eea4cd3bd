"""JSON documents of identity providers, fetched and read within limits.

They are read as I-JSON (RFC 7493), so that no two readers understand them differently: UTF-8, no name twice,
no number that is none. Nothing is let in that a database could not keep.
"""

import json
import math
import re
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any, Protocol

from matricula.sso.errors import DocumentTooLarge, NotJson, ProviderStatus, ProviderUnreachable

JsonObject = Mapping[str, Any]
Response = tuple[int, Mapping[str, str], bytes]
"""Status, headers, body."""
LARGEST = 256 * 1024
"""Bytes of a document. The largest found among well-known providers has 11 KiB."""
DEEPEST = 16
"""Levels of a document: what is kept must be written again, too, and Python gives up at about a thousand."""
UNKEEPABLE = re.compile(rb"\\u(?:0000|d[89a-f])", re.IGNORECASE)
"""How NUL and halves of surrogate pairs can stand in JSON. Whole pairs are found, too, and let pass later."""


class Fetch(Protocol):
    """Asks an address of somebody else's, guarded by whoever hands it in: it follows no redirect.

    May raise OSError, HTTPException, or a Refusal of its own.
    """

    def __call__(
        self, url: str, *, method: str = "GET", body: bytes = b"", headers: Mapping[str, str] = ...
    ) -> Response: ...


def ask_provider(
    fetch: Fetch,
    url: str,
    *,
    method: str = "GET",
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """What the provider answers, whichever status it has. Raises ProviderUnreachable."""
    try:
        return fetch(url, method=method, body=body, headers={"Accept": "application/json", **(headers or {})})
    except (OSError, HTTPException) as error:
        raise ProviderUnreachable from error


def fetch_json(
    fetch: Fetch, url: str, *, headers: Mapping[str, str] | None = None
) -> tuple[JsonObject, bytes]:
    """The JSON object at `url`, and its bytes. Raises ProviderError."""
    status, _headers, body = ask_provider(fetch, url, headers=headers)
    if status != 200:
        raise ProviderStatus(status)
    return read_json_object(body), body


def read_json_object(body: bytes, *, largest: int = LARGEST) -> JsonObject:
    """Raises DocumentTooLarge, NotJson."""
    if len(body) > largest:
        raise DocumentTooLarge
    try:
        found = json.loads(
            body.decode(),
            object_pairs_hook=_with_names_once,
            parse_float=_finite,
            parse_constant=_refuse_constant,
        )
        _refuse_unkeepable(body, found)
    except (ValueError, RecursionError) as error:
        raise NotJson from error
    if not isinstance(found, dict) or is_deeper(found, DEEPEST):
        raise NotJson
    return found


def _with_names_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name occurs twice")
    return found


def _finite(digits: str) -> float:
    if math.isinf(number := float(digits)):
        raise ValueError("a number is too large")
    return number


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _refuse_unkeepable(body: bytes, found: object) -> None:
    """Writing it again fails at half a pair, and shows NUL; most documents are spared the work."""
    if UNKEEPABLE.search(body):
        again = json.dumps(found, ensure_ascii=False)
        again.encode()
        if "\\u0000" in again:
            raise ValueError("a text contains NUL")


def is_deeper(value: object, levels: int) -> bool:
    """Whether objects and lists lie in one another in more than so many levels."""
    if not isinstance(value, dict | list):
        return False
    inside = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(is_deeper(one, levels - 1) for one in inside)


def is_keepable(value: object, longest: int = 255) -> bool:
    """Whether it is a text of 1 to `longest` visible ASCII characters, as names of people and keys are."""
    return isinstance(value, str) and 0 < len(value) <= longest and value.isascii() and value.isprintable()
