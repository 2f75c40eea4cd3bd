"""What a zip may hold: looked at in its directory, before a byte is unpacked."""

import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

from matricula.catalog.courseformat.limits import Limits
from matricula.catalog.courseformat.problems import ProblemLog

ENCRYPTED = 0x1
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
END = b"PK\x05\x06"
END_SIZE = 22
LOCATOR = b"PK\x06\x07"
LOCATOR_SIZE = 20
LONGEST_COMMENT = 65_535


def check_directory(file: Path, limits: Limits, log: ProblemLog) -> None:
    """Refuses a zip whose directory would fill the memory (APPNOTE.TXT, 4.3.16), before zipfile reads it."""
    with file.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - END_SIZE - LONGEST_COMMENT - LOCATOR_SIZE))
        tail = stream.read()
    at = tail.rfind(END)
    if at < 0 or len(tail) - at < END_SIZE:
        raise zipfile.BadZipFile
    directory_size = int.from_bytes(tail[at + 12 : at + 16], "little")
    if directory_size > limits.zip_directory or LOCATOR in tail[max(0, at - LOCATOR_SIZE) : at]:
        message = f"Pack at most {limits.files} files into one ordinary zip (not zip64)."
        raise log.stop(file.name, 0, "too-many-files", message)


def members(
    archive: zipfile.ZipFile, limits: Limits, log: ProblemLog
) -> Iterator[tuple[str, zipfile.ZipInfo]]:
    """The files of a zip that may be read, with their paths; the others go to the log."""
    seen: set[str] = set()
    for info in archive.infolist():
        if info.is_dir():
            continue
        code, message = _refusal(info, limits)
        if info.filename.casefold() in seen:
            code, message = "duplicate-file", "Rename or remove this file; another has the same name."
        seen.add(info.filename.casefold())
        if code:
            log.add(info.filename.encode("utf-8", "replace").decode()[:200], 0, code, message)
        else:
            yield info.filename, info


def _refusal(info: zipfile.ZipInfo, limits: Limits) -> tuple[str, str]:
    if info.filename != info.orig_filename:
        return "path-outside", "Rename this file: its name holds a character that ends names."
    if info.flag_bits & ENCRYPTED:
        return "zip-encrypted", "Pack the zip again without a password."
    if stat.S_ISLNK(info.external_attr >> 16):
        return "symlink", "Replace this symbolic link by the file itself and pack the zip again."
    if info.compress_type not in METHODS:
        return "zip-method", "Pack the zip again with ordinary (deflate) compression."
    if info.file_size > max(limits.ratio_from, limits.zip_ratio * info.compress_size):
        return "zip-ratio", f"This file unpacks to over {limits.zip_ratio} times its packed size; remove it."
    return "", ""
