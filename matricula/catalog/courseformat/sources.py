"""A folder or a zip as a flat set of safe paths. Whatever could reach outside or explode stops here."""

import os
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from matricula.catalog.courseformat.archives import check_directory, members
from matricula.catalog.courseformat.limits import Limits
from matricula.catalog.courseformat.problems import ProblemLog
from matricula.catalog.courseformat.references import is_safe_path

READ_ERRORS = (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error)
IGNORED_NAMES = {"Thumbs.db", "desktop.ini"}
IGNORED_FOLDERS = {"__MACOSX"}


class Source(Protocol):
    """`name` is how problems call the source; `files` maps paths with slashes to sizes in bytes."""

    name: str
    files: dict[str, int]

    def open(self, path: str) -> BinaryIO: ...


def is_ignored(path: str) -> bool:
    """Hidden files and what operating systems leave behind."""
    parts = path.split("/")
    hidden = any(part.startswith(".") and part != ".." for part in parts)
    return hidden or parts[-1] in IGNORED_NAMES or any(part in IGNORED_FOLDERS for part in parts)


class FolderSource:
    """A folder on disk. Symbolic links are problems, never followed."""

    def __init__(self, root: Path, limits: Limits, log: ProblemLog) -> None:
        self.root, self.name = root, root.name or str(root)
        self.files: dict[str, int] = {}
        guard = Guard(limits, log, self.name)
        for path, size in self._walk(root, "", guard):
            guard.count(path, size)
            self.files[path] = size

    def _walk(self, folder: Path, prefix: str, guard: "Guard") -> Iterator[tuple[str, int]]:
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            message = f"This folder cannot be read ({error.strerror}); check its permissions."
            guard.log.add(prefix or self.name, 0, "unreadable-file", message)
            return
        for entry in entries:
            path = prefix + entry.name
            if is_ignored(path):
                continue
            if entry.is_symlink():
                guard.log.add(path, 0, "symlink", "Replace this symbolic link by the file itself.")
            elif entry.is_dir():
                if guard.deep_enough(path):
                    yield from self._walk(Path(entry.path), path + "/", guard)
            elif guard.safe(path):
                yield path, entry.stat().st_size

    def open(self, path: str) -> BinaryIO:
        # O_NOFOLLOW and O_NONBLOCK: the tree may change between the walk and the reading.
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        return cast(BinaryIO, os.fdopen(os.open(self.root / path, flags), "rb"))


class ZipSource:
    """A zip on disk, never unpacked. One folder around everything is left out of the paths."""

    def __init__(self, file: Path, limits: Limits, log: ProblemLog) -> None:
        self.name = file.name
        check_directory(file, limits, log)
        self.zip = zipfile.ZipFile(file)
        guard = Guard(limits, log, self.name)
        self.infos: dict[str, zipfile.ZipInfo] = {}
        for path, info in members(self.zip, limits, log):
            if is_ignored(path) or not guard.deep_enough(path) or not guard.safe(path):
                continue
            guard.count(path, info.file_size)
            self.infos[path] = info
        self._drop_wrapping_folder()
        self.files = {path: info.file_size for path, info in sorted(self.infos.items())}

    def _drop_wrapping_folder(self) -> None:
        tops = {path.partition("/")[0] for path in self.infos}
        if len(tops) == 1 and all("/" in path for path in self.infos):
            cut = len(tops.pop()) + 1
            self.infos = {path[cut:]: info for path, info in self.infos.items()}

    def open(self, path: str) -> BinaryIO:
        return cast(BinaryIO, self.zip.open(self.infos[path]))


@dataclass(slots=True)
class Guard:
    """Counts files and bytes, and refuses what leaves the folder."""

    limits: Limits
    log: ProblemLog
    name: str
    files: int = 0
    total: int = 0

    def count(self, path: str, size: int) -> None:
        self.files += 1
        self.total += size
        if self.files > self.limits.files:
            message = f"There are more than {self.limits.files} files; split this into several imports."
            raise self.log.stop(self.name, 0, "too-many-files", message)
        if self.total > self.limits.total:
            message = (
                f"All files together exceed {_mib(self.limits.total)}; split this or compress the videos."
            )
            raise self.log.stop(self.name, 0, "too-large", message)

    def deep_enough(self, path: str) -> bool:
        if path.count("/") < self.limits.depth:
            return True
        self.log.add(path[:200], 0, "too-deep", f"Put files at most {self.limits.depth} folders deep.")
        return False

    def safe(self, path: str) -> bool:
        if is_safe_path(path):
            return True
        message = "Rename this file: no ‘..’, backslash, colon or control character, and not absolute."
        self.log.add(printable(path), 0, "path-outside", message)
        return False


def printable(path: str) -> str:
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in path)[:200]


def _mib(size: int) -> str:
    return f"{size / 1024 / 1024:g} MiB"


def open_source(path: Path, limits: Limits, log: ProblemLog) -> Source:
    """The source at `path`; raises StoppedReading when there is none to read."""
    if path.is_dir():
        return FolderSource(path, limits, log)
    if not path.is_file():
        raise log.stop(path.name, 0, "source-missing", "There is no such folder or zip; check the path.")
    try:
        return ZipSource(path, limits, log)
    except READ_ERRORS as error:
        message = "This is not a readable zip; pack the folder again, or give the folder itself."
        raise log.stop(path.name, 0, "zip-damaged", message) from error


class Shelf:
    """A course's or Specialization's folder in a source: paths are relative to it, problems to the source."""

    def __init__(self, source: Source, prefix: str, limits: Limits, log: ProblemLog) -> None:
        self.source, self.prefix, self.limits, self.log = source, prefix, limits, log
        cut = len(prefix)
        self.files = {path[cut:]: size for path, size in source.files.items() if path.startswith(prefix)}

    def label(self, path: str) -> str:
        return self.prefix + path

    def opener(self, path: str) -> partial[BinaryIO]:
        return partial(self.source.open, self.prefix + path)

    def read(self, path: str, most: int) -> bytes | None:
        """The file's bytes, or None after a problem: too large or not readable."""
        if self.files[path] > most:
            self._too_large(path, most)
            return None
        try:
            with self.source.open(self.prefix + path) as stream:
                data = stream.read(most + 1)
        except READ_ERRORS:
            self.log.add(
                self.label(path), 0, "unreadable-file", "This file cannot be read; save or pack it again."
            )
            return None
        if len(data) > most:
            self._too_large(path, most)
            return None
        return data

    def _too_large(self, path: str, most: int) -> None:
        self.log.add(
            self.label(path), 0, "too-large", f"Make this file smaller than {_mib(most)}, or split it."
        )
