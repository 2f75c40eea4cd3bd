"""Keeping the files of courses: by the digest of their content, written whole or not at all."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

PIECE = 256 * 1024


def place_of(digest: str) -> Path:
    """Where the content with this SHA-256 lies."""
    return Path(settings.MEDIA_ROOT, "courses", digest[:2], digest)


def keep(content: BinaryIO, digest: str) -> None:
    """Twice is once. On the disk before this returns, so that a row may name it."""
    place = place_of(digest)
    if place.exists():
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as draft:
        shutil.copyfileobj(content, draft, PIECE)
        draft.flush()
        os.fsync(draft.fileno())
    Path(draft.name).replace(place)
