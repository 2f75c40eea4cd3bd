"""The sample course, packed."""

import zipfile
from functools import cache
from io import BytesIO
from pathlib import Path

FOLDER = Path(__file__).parent / "sample"


@cache
def sample_zip() -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(FOLDER.iterdir()):
            archive.write(file, f"sample-course/{file.name}")
    return packed.getvalue()
