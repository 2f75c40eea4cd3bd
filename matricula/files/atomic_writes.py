"""Writing a file so that it is there whole, or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def write_atomically(place: Path) -> Iterator[IO[bytes]]:
    """What is written comes to `place` once it is on the disk, so that no loss of power leaves half of it."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as draft:
        try:
            yield draft
            draft.flush()
            os.fsync(draft.fileno())
        except BaseException:
            Path(draft.name).unlink()
            raise
    Path(draft.name).replace(place)
