"""JSON documents of identity providers, fetched and read within limits.

They are read as I-JSON (RFC 7493), so that no two readers understand them differently: UTF-8, no name twice,
no number that is none. Nothing is let in that a database could not keep.
"""

import json
import math
import re
from collections.abc import Mapping
from typing import Any, Protocol

from matricula.security.outgoing import Fetched
from matricula.sso.errors import DocumentTooLarge, NotJson, ProviderStatus

JsonObject = Mapping[str, Any]
LARGEST = 256 * 1024
"""Bytes of a document: many times what one with a dozen keys and their certificates has."""
DEEPEST = 16
"""Levels of a document: what is kept must be written again, too, and Python gives up at about a thousand."""
UNKEEPABLE = re.compile(rb"\\u(?:0000|d[89a-f])", re.IGNORECASE)
"""How NUL and halves of surrogate pairs can stand in JSON. Whole pairs are found, too, and let pass later."""


class Fetch(Protocol):
    """`matricula.security.outgoing.fetch`, or in tests a network that is none. Raises FetchFailed."""

    def __call__(
        self,
        url: str,
        *,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        largest: int = ...,
    ) -> Fetched: ...


ACCEPTED = {"Accept": "application/json"}


def fetch_json(
    fetch: Fetch, url: str, *, headers: Mapping[str, str] | None = None
) -> tuple[JsonObject, bytes]:
    """The JSON object at `url`, and its bytes. Raises ProviderError, FetchFailed."""
    fetched = fetch(url, headers={**ACCEPTED, **(headers or {})}, largest=LARGEST)
    if fetched.status != 200:
        raise ProviderStatus(fetched.status)
    return read_json_object(fetched.content), fetched.content


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
