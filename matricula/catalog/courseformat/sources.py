"""A folder or a zip as a flat set of safe paths. What could reach outside or explode stops here."""

import os
import posixpath
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import unquote

from matricula.catalog.courseformat.parts import Log
from matricula.files.zip_directory import directory_size

READ_ERRORS = (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error)
MIB = 1024 * 1024
UNSAFE = re.compile(r"[\x00-\x1f\x7f\\:\ud800-\udfff]")
"""In a path: control characters, what Windows takes for a folder or a drive, and lone surrogates."""
LONGEST_PATH = 200
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
ENCRYPTED, NAMED_IN_UTF_8 = 0x1, 0x800


@dataclass(frozen=True)
class Limits:
    """How large a course may be, in files and bytes. `ratio` is unpacked to packed size, above 1 MiB.

    `prose`, of all lessons together: a megabyte costs seconds to read, and packs into kilobytes.
    """

    files: int = 2_000
    depth: int = 8
    total: int = 1024 * MIB
    file: int = 512 * MIB
    text: int = MIB // 2
    prose: int = 4 * MIB
    ratio: int = 150


Found = Iterator[tuple[str, int, Callable[[], BinaryIO]]]


class Source:
    """`sizes` maps the safe paths of a folder or zip to bytes. Raises ReadingStopped when there is none."""

    def __init__(self, place: Path, limits: Limits, log: Log) -> None:
        self.name, self.limits, self.log = place.name or str(place), limits, log
        self.sizes: dict[str, int] = {}
        self.total = self.read = 0
        self.openers: dict[str, Callable[[], BinaryIO]] = {}
        if not place.exists():
            raise log.stop(self.name, "There is no such folder or zip. Check the path.")
        for path, size, opener in self.in_folder(place) if place.is_dir() else self.in_zip(place):
            self.take(path, size, opener)
        self.drop_wrapping_folder()

    def take(self, path: str, size: int, opener: Callable[[], BinaryIO]) -> None:
        if not is_safe(path) or path.count("/") > self.limits.depth:
            message = f"Rename or move this file: a plain relative path, {self.limits.depth} folders deep."
            self.log.add(path, 1, message)
            return
        if path in self.sizes:
            self.log.add(path, 1, "Two files have this name. Keep one of them.")
        self.sizes[path], self.openers[path] = size, opener
        if len(self.sizes) > self.limits.files:
            raise self.log.stop(self.name, f"Keep it to {self.limits.files} files.")
        self.total += size
        if self.total > self.limits.total:
            raise self.log.stop(self.name, f"Keep all files together under {self.limits.total // MIB} MiB.")

    def in_folder(self, root: Path) -> Found:
        for folder, folders, names in os.walk(root):
            folders[:] = sorted(name for name in folders if not self.skipped(Path(folder, name), root))
            for name in sorted(names):
                file = Path(folder, name)
                if not self.skipped(file, root) and file.is_file():
                    path = composed(file.relative_to(root).as_posix())
                    yield path, file.stat().st_size, partial(open_plainly, file)

    def skipped(self, file: Path, root: Path) -> bool:
        path = file.relative_to(root).as_posix()
        if is_left_over(path):
            return True
        if file.is_symlink():
            self.log.add(path, 1, "Replace this symbolic link by the file itself.")
        return file.is_symlink()

    def in_zip(self, file: Path) -> Found:
        try:
            self.check_directory(file)
            archive = zipfile.ZipFile(file)
        except READ_ERRORS as error:
            raise self.log.stop(self.name, "This is no readable zip. Pack the folder again.") from error
        for info in archive.infolist():
            path = path_of_packed(info)
            if info.is_dir() or path.endswith("/") or is_left_over(path):
                continue
            message = self.refusal(info)
            if message:
                self.log.add(path, 1, message)
            else:
                yield path, info.file_size, partial(open_packed, archive, info)

    def check_directory(self, file: Path) -> None:
        """Refuses a zip whose directory alone would fill the memory."""
        entries, directory = directory_size(file)
        if entries > self.limits.files * 2 or directory > 2 * MIB:
            raise self.log.stop(self.name, f"Keep it to {self.limits.files} files in one ordinary zip.")

    def refusal(self, info: zipfile.ZipInfo) -> str:
        if info.filename != info.orig_filename:
            return "Rename this file: its name holds a character that ends names."
        if info.flag_bits & ENCRYPTED:
            return "Pack the zip again without a password."
        if stat.S_ISLNK(info.external_attr >> 16):
            return "Replace this symbolic link by the file itself and pack the zip again."
        if info.compress_type not in METHODS:
            return "Pack the zip again with ordinary (deflate) compression."
        if info.file_size > max(MIB, self.limits.ratio * info.compress_size):
            return f"This file unpacks to over {self.limits.ratio} times its packed size. Remove it."
        return ""

    def drop_wrapping_folder(self) -> None:
        """A zip of a folder holds that folder; the course lies in it."""
        tops = {path.partition("/")[0] for path in self.sizes}
        if len(tops) == 1 and all("/" in path for path in self.sizes):
            cut = len(tops.pop()) + 1
            self.sizes = {path[cut:]: size for path, size in self.sizes.items()}
            self.openers = {path[cut:]: opener for path, opener in self.openers.items()}

    def open(self, path: str) -> BinaryIO:
        """The file at a path of `sizes`."""
        return self.openers[path]()

    def text(self, path: str) -> bytes | None:
        """The bytes of a text file that is there, or None after a problem."""
        try:
            with self.openers[path]() as stream:
                data = stream.read(self.limits.text + 1)
        except READ_ERRORS:
            self.log.add(path, 1, "This file cannot be read. Save or pack it again.")
            return None
        if len(data) > self.limits.text:
            self.log.add(path, 1, f"Keep this file under {self.limits.text // 1024} KiB, or split it.")
            return None
        return data

    def prose(self, path: str) -> bytes | None:
        """The same of a lesson, which costs far more to read. Raises ReadingStopped when all are too long."""
        data = self.text(path)
        self.read += len(data or b"")
        if self.read > self.limits.prose:
            raise self.log.stop(self.name, f"Keep all lessons together under {self.limits.prose // MIB} MiB.")
        return data


def path_of_packed(info: zipfile.ZipInfo) -> str:
    """As the folder had it that was packed: PowerShell writes backslashes, bsdtar `./`, and Info-ZIP UTF-8
    without the flag that says so (APPNOTE.TXT, appendix D), which is read as the letters of DOS."""
    name = info.filename
    if not info.flag_bits & NAMED_IN_UTF_8 and not name.isascii():
        with suppress(UnicodeError):
            name = name.encode("cp437").decode()
    return composed(name.replace("\\", "/")).removeprefix("./")


def composed(path: str) -> str:
    """With each letter and its accent as one character: macOS writes two, and authors one."""
    return unicodedata.normalize("NFC", path)


def open_plainly(file: Path) -> BinaryIO:
    # No following of links and no waiting on pipes: the tree may change between the walk and the reading.
    return cast(BinaryIO, os.fdopen(os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb"))


def open_packed(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> BinaryIO:
    return cast(BinaryIO, archive.open(info))


def is_left_over(path: str) -> bool:
    """Hidden files and what operating systems leave behind."""
    parts = path.split("/")
    hidden = any(part.startswith(".") and part != ".." for part in parts)
    return hidden or "__MACOSX" in parts or parts[-1] in {"Thumbs.db", "desktop.ini"}


def is_safe(path: str) -> bool:
    """Relative, without `..`, empty parts, backslash, drive or control character."""
    parts = path.split("/")
    return len(path) <= LONGEST_PATH and not UNSAFE.search(path) and not {"", ".", ".."} & set(parts)


def resolve(base: str, reference: str) -> str | None:
    """The path that `reference` in the file `base` means; None if it leads outside."""
    plain = unquote(reference.partition("#")[0].partition("?")[0])
    if not plain or plain.startswith("/") or UNSAFE.search(plain):
        return None
    path = composed(posixpath.normpath(posixpath.join(posixpath.dirname(base), plain)))
    return path if is_safe(path) else None
