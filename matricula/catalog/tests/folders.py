"""A small course that is whole, and ways to break it."""

import zipfile
from pathlib import Path

COURSE = "title: T\nslug: t\nsummary: S\ntopic: X\nmodules:\n  - title: M\n    lessons: [a.md]\n"
LESSON = "---\ntitle: A\n---\nHello.\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 50
WEBM = b"\x1a\x45\xdf\xa3\x8b\x42\x82\x84webm" + bytes(range(256)) * 8
VTT = b"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nHello\n"
VIDEO = (
    "---\ntitle: V\nvideo: v.webm\nposter: p.png\n"
    "captions:\n  - {language: en, label: English, file: v.vtt}\n---\nWords.\n"
)


def written(place: Path, files: dict[str, str | bytes]) -> Path:
    """A folder with `files`."""
    place.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    return place


def packed(place: Path, files: dict[str, str | bytes]) -> Path:
    """A zip with `files`."""
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return place
