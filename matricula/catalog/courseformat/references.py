"""Paths as authors write them in lessons: relative, with slashes, inside the course's folder."""

import posixpath
import re
from urllib.parse import unquote

UNSAFE = re.compile(r"[\x00-\x1f\x7f\\:\ud800-\udfff]")
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
LONGEST = 255


def is_safe_path(path: str) -> bool:
    """Relative, without `..`, empty parts, backslash, drive or control character."""
    parts = path.split("/")
    return (
        len(path) <= LONGEST
        and not UNSAFE.search(path)
        and not any(part in {"", ".", ".."} for part in parts)
    )


def is_address(reference: str) -> bool:
    """Whether this leads out of the course: an address with a scheme, or one beginning with two slashes."""
    return bool(SCHEME.match(reference)) or reference.startswith("//")


def resolve_reference(base: str, reference: str) -> str | None:
    """The path in the course's folder that `reference` means in the file `base`; None if it leads outside.

    `..` may climb from a lesson's folder, but not out of the course's.
    """
    plain = unquote(reference.partition("#")[0].partition("?")[0])
    if not plain or plain.startswith("/") or UNSAFE.search(plain):
        return None
    path = posixpath.normpath(posixpath.join(posixpath.dirname(base), plain))
    return path if is_safe_path(path) else None
