"""Values of a request that no form checks: the one way to read them, so that none is more than it may be.

Forms refuse by themselves what no database keeps. What views take without one (where to go next, which button
was pressed, what a device answered) is read here; a test finds whoever reads it otherwise.
"""

import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, QueryDict

LONGEST = 2000
"""Characters: more than any address or word of a page."""


def text_in(values: Mapping[str, Any], name: str, default: str = "", *, longest: int = LONGEST) -> str:
    """Of a form or a query. Raises BadRequest for what no database keeps, or is longer than any of ours."""
    return checked(values.get(name, default), name, longest)


def texts_in(values: QueryDict, name: str) -> list[str]:
    """All of that name. Raises BadRequest as `text_in` does."""
    return [checked(one, name, LONGEST) for one in values.getlist(name)]


def checked(given: object, name: str, longest: int) -> str:
    if not isinstance(given, str) or len(given) > longest or not is_storable(given):
        raise BadRequest(name)
    return given


def is_storable(text: str) -> bool:
    """PostgreSQL keeps no NUL, and no encoding of the web has a lone surrogate."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def number_in(values: Mapping[str, Any], name: str, default: int = 0) -> int:
    """A whole number that is not negative; `default` for anything else, and for more than nine digits."""
    given = text_in(values, name)
    return int(given) if given.isascii() and given.isdigit() and len(given) <= 9 else default


def object_in(request: HttpRequest) -> dict[str, Any]:
    """The JSON object that a script of ours sends. Raises BadRequest for anything else, however deep.

    A device's answer is a few thousand characters, three levels deep.
    """
    try:
        given = json.loads(request.body.decode())
        written = json.dumps(given, ensure_ascii=False)
    except (ValueError, RecursionError) as fault:
        raise BadRequest("body") from fault
    if not isinstance(given, dict) or "\\u0000" in written or not is_storable(written):
        raise BadRequest("body")
    return given
