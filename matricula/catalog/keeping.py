"""Keeping the files of courses: by the digest of their content, written whole or not at all."""

import hashlib
from pathlib import Path
from typing import IO, BinaryIO

from django.conf import settings

from matricula.web.writing import written_whole

PIECE = 256 * 1024


def place_of(digest: str) -> Path:
    """Where the content with this SHA-256 lies."""
    return Path(settings.MEDIA_ROOT, "courses", digest[:2], digest)


def keep(content: BinaryIO, digest: str) -> None:
    """Twice is once. On the disk before this returns, so that a row may name it.

    Raises ValueError for content of another digest: it would be shown to whoever has the real one.
    """
    place = place_of(digest)
    if not place.exists():
        with written_whole(place) as file:
            copy_whole(content, file, digest)


def copy_whole(content: BinaryIO, file: IO[bytes], digest: str) -> None:
    seen = hashlib.sha256()
    while piece := content.read(PIECE):
        seen.update(piece)
        file.write(piece)
    if seen.hexdigest() != digest:
        raise ValueError("The file changed while it was read.")
