"""Media beside the lessons: which kinds there are, and whether a file is what its ending says."""

import hashlib
from pathlib import PurePosixPath
from typing import BinaryIO

from matricula.catalog.courseformat.captions import check_captions
from matricula.catalog.courseformat.parts import MediaFile
from matricula.catalog.courseformat.problems import Page
from matricula.catalog.courseformat.sources import READ_ERRORS, Shelf
from matricula.catalog.courseformat.svg import svg_problem
from matricula.catalog.courseformat.texts import decode

IMAGES = (".png", ".jpg", ".jpeg", ".webp", ".svg")
VIDEOS = (".webm", ".mp4")
CAPTIONS = (".vtt",)
DOCUMENTS = (".pdf",)
LINKED = IMAGES + VIDEOS + DOCUMENTS
TEXTS = (".md", ".yaml")
CONTENT_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".svg": "image/svg+xml",
    ".webm": "video/webm",
    ".mp4": "video/mp4",
    ".vtt": "text/vtt",
    ".pdf": "application/pdf",
}
# Where the first bytes must hold what: (offset, bytes).
SIGNATURES = {
    ".png": (0, b"\x89PNG\r\n\x1a\n"),
    ".jpg": (0, b"\xff\xd8\xff"),
    ".jpeg": (0, b"\xff\xd8\xff"),
    ".webp": (8, b"WEBP"),
    ".webm": (0, b"\x1a\x45\xdf\xa3"),
    ".mp4": (4, b"ftyp"),
    ".pdf": (0, b"%PDF-"),
}
PIECE = 256 * 1024


def ending(path: str) -> str:
    return PurePosixPath(path).suffix.lower()


class MediaShelf:
    """Takes each media file of one folder once, checked and hashed; remembers those taken."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.taken: dict[str, MediaFile | None] = {}

    def take(self, path: str) -> MediaFile | None:
        """The file at a path that exists, or None when something is wrong with it (reported once)."""
        if path not in self.taken:
            self.taken[path] = self._take(path)
        return self.taken[path]

    def all(self) -> tuple[MediaFile, ...]:
        return tuple(file for _, file in sorted(self.taken.items()) if file is not None)

    def _take(self, path: str) -> MediaFile | None:
        page = self.shelf.log.on(self.shelf.label(path))
        kind = ending(path)
        checked = self._check_text(path, page) if kind in {".svg", ".vtt"} else True
        digest = self._digest(path, kind, page) if checked else None
        if digest is None:
            return None
        opener = self.shelf.opener(path)
        return MediaFile(path, self.shelf.files[path], digest, CONTENT_TYPES[kind], opener)

    def _check_text(self, path: str, page: Page) -> bool:
        limits = self.shelf.limits
        data = self.shelf.read(path, limits.svg_file if ending(path) == ".svg" else limits.text_file)
        text = None if data is None else decode(data, page)
        if data is None or text is None:
            return False
        if ending(path) == ".vtt":
            before = len(page.log.problems)
            check_captions(text, page)
            return len(page.log.problems) == before
        found = svg_problem(data)
        if found:
            page.problem(found[0], "svg-unsafe", found[1])
        return found is None

    def _digest(self, path: str, kind: str, page: Page) -> str | None:
        most = self.shelf.limits.media_file
        if self.shelf.files[path] > most:
            page.problem(0, "too-large", f"Make this file smaller than {most // 1024 // 1024} MiB.")
            return None
        try:
            with self.shelf.opener(path)() as stream:
                return self._digest_of(stream, kind, page)
        except READ_ERRORS:
            page.problem(0, "unreadable-file", "This file cannot be read; save or pack it again.")
            return None

    def _digest_of(self, stream: BinaryIO, kind: str, page: Page) -> str | None:
        digest = hashlib.sha256()
        piece = stream.read(PIECE)
        offset, signature = SIGNATURES.get(kind, (0, b""))
        if not piece[offset:].startswith(signature):
            page.problem(
                0, "wrong-content", f"This is no {kind[1:]} file, whatever its name says; export it again."
            )
            return None
        while piece:
            digest.update(piece)
            piece = stream.read(PIECE)
        return digest.hexdigest()
