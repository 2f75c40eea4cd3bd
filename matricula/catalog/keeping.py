"""Keeping the files of courses: by the digest of their content, written whole or not at all."""

import shutil
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from matricula.web.writing import written_whole

PIECE = 256 * 1024


def place_of(digest: str) -> Path:
    """Where the content with this SHA-256 lies."""
    return Path(settings.MEDIA_ROOT, "courses", digest[:2], digest)


def keep(content: BinaryIO, digest: str) -> None:
    """Twice is once. On the disk before this returns, so that a row may name it."""
    place = place_of(digest)
    if not place.exists():
        with written_whole(place) as file:
            shutil.copyfileobj(content, file, PIECE)
