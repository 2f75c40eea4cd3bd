"""Files beside a course's texts; captions as far as a player depends on them (W3C WebVTT, section 4)."""

import hashlib
import re
from pathlib import PurePosixPath

from matricula.catalog.courseformat.fields import decode_text
from matricula.catalog.courseformat.parts import File, FileLog
from matricula.catalog.courseformat.sources import MIB, READ_ERRORS, Source, resolve

STAMP = r"(?:([0-9]{2,}):)?([0-5][0-9]):([0-5][0-9])\.([0-9]{3})"
TIMING = re.compile(rf"{STAMP}[ \t]+-->[ \t]+{STAMP}(?:[ \t]+[^\s:]+:\S+)*[ \t]*")
"""Two times and settings such as `line:0`. No part can begin within another: it takes linear time."""
EXAMPLE = "00:00:01.000 --> 00:00:04.500"


def check_captions(text: str, log: FileLog) -> None:
    """Every line of a WebVTT file that a player would stumble over."""
    lines = text.split("\n")
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]):
        log.add(1, "Begin the captions with a line `WEBVTT` and an empty line.")
        return
    last = -1
    for number, line in enumerate(lines, start=1):
        if "-->" in line:
            last = check_timing(line, number, max(last, 0), log)
            # A line of a space, as YouTube writes, is a line of words; an empty one ends the caption.
            if not "".join(lines[number : number + 1]):
                log.add(number, "Write the words of this caption in the line below its times.")
    if last < 0:
        log.add(1, f"Add captions, each with a line of times such as `{EXAMPLE}`.")


def check_timing(line: str, number: int, last: int, log: FileLog) -> int:
    """When this caption starts, in milliseconds."""
    match = TIMING.fullmatch(line)
    if match is None:
        log.add(number, f"Write the times like this: {EXAMPLE}")
        return last
    start, end = milliseconds(match.groups()[:4]), milliseconds(match.groups()[4:])
    if end <= start:
        log.add(number, "Let this caption end after it starts.")
    if start < last:
        log.add(number, "Put captions in order: this one starts before the one above it.")
    return max(start, last)


def milliseconds(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, rest = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest


OFFICE = "application/vnd.openxmlformats-officedocument."
CONTENT_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".webm": "video/webm",
    ".mp4": "video/mp4",
    ".vtt": "text/vtt",
    ".pdf": "application/pdf",
    ".csv": "text/csv",
    ".txt": "text/plain",
    ".zip": "application/zip",
    ".docx": OFFICE + "wordprocessingml.document",
    ".xlsx": OFFICE + "spreadsheetml.sheet",
    ".pptx": OFFICE + "presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
}
IMAGES = (".png", ".jpg", ".jpeg", ".webp", ".gif")
VIDEOS = (".webm", ".mp4")
CAPTIONS = (".vtt",)
DOWNLOADS = tuple(ending for ending in CONTENT_TYPES if ending not in CAPTIONS)
# Where the first bytes must hold what: (offset, bytes).
SIGNATURES = {
    ".png": (0, b"\x89PNG\r\n\x1a\n"),
    ".jpg": (0, b"\xff\xd8\xff"),
    ".jpeg": (0, b"\xff\xd8\xff"),
    ".webp": (8, b"WEBP"),
    ".gif": (0, b"GIF8"),
    ".webm": (0, b"\x1a\x45\xdf\xa3"),
    ".mp4": (4, b"ftyp"),
    ".pdf": (0, b"%PDF-"),
    **dict.fromkeys((".zip", ".docx", ".xlsx", ".pptx", ".odt", ".ods"), (0, b"PK")),
}
PIECE = 256 * 1024
HEADER_OF_WEBM = 256


def ending(path: str) -> str:
    return PurePosixPath(path).suffix.lower()


def is_other_matroska(path: str, start: bytes) -> bool:
    """A film that browsers do not play: its document type, in the first element, is not `webm`."""
    return ending(path) == ".webm" and b"webm" not in start[:HEADER_OF_WEBM]


class Shelf:
    """Takes each file of a source once, checked and hashed."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.taken: dict[str, File | None] = {}

    def named(
        self, reference: str, base: str, endings: tuple[str, ...], log: FileLog, line: int
    ) -> File | None:
        """The file that `reference` in the file `base` means, or None after a problem."""
        path = resolve(base, reference)
        if path is None:
            log.add(line, f"`{reference[:80]}` has to be a relative path inside the course's folder.")
        elif path not in self.source.sizes:
            log.add(line, f"There is no file `{path}`. Add it, or correct the name{self.near(path)}.")
        elif ending(path) not in endings:
            log.add(line, f"`{path}` cannot stand here. Possible are {', '.join(endings)}.")
        else:
            return self.take(path)
        return None

    def near(self, path: str) -> str:
        same = [name for name in self.source.sizes if name.casefold() == path.casefold()]
        return f" (it is written `{same[0]}`)" if same else ""

    def take(self, path: str) -> File | None:
        if path not in self.taken:
            log = FileLog(self.source.log, path)
            digest = self.digest(path, log) if self.captions_are_good(path, log) else None
            kind, size = CONTENT_TYPES[ending(path)], self.source.sizes[path]
            self.taken[path] = File(path, size, digest, kind) if digest else None
        return self.taken[path]

    def captions_are_good(self, path: str, log: FileLog) -> bool:
        if ending(path) not in CAPTIONS:
            return True
        before = len(log.log.problems)
        data = self.source.text(path)
        text = None if data is None else decode_text(data, log)
        if text is not None:
            check_captions(text, log)
        return len(log.log.problems) == before

    def digest(self, path: str, log: FileLog) -> str | None:
        most = self.source.limits.file
        if self.source.sizes[path] > most:
            log.add(1, f"Keep this file under {most // MIB} MiB.")
            return None
        offset, signature = SIGNATURES.get(ending(path), (0, b""))
        digest = hashlib.sha256()
        try:
            with self.source.openers[path]() as stream:
                piece = stream.read(PIECE)
                if not piece[offset:].startswith(signature) or is_other_matroska(path, piece):
                    log.add(
                        1, f"This is no {ending(path)[1:]} file, whatever its name says. Export it again."
                    )
                    return None
                while piece:
                    digest.update(piece)
                    piece = stream.read(PIECE)
        except READ_ERRORS:
            log.add(1, "This file cannot be read. Save or pack it again.")
            return None
        return digest.hexdigest()
