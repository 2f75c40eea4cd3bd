"""Where uploads and the files of courses are kept: whether it takes any, and what a full disk says."""

import errno
import os
import shutil
from pathlib import Path

from django.conf import settings

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}
LEAST_FREE_BYTES = 1024**3
"""Less is called nearly full: twice the largest upload, and the zips of others."""


class FileElsewhere(Exception):
    """The file is not where this host looks for it; another may see it."""


def storage_folder() -> Path:
    return Path(settings.MEDIA_ROOT)


def seen_file(place: Path) -> Path:
    """`place`, if it can be seen from here. Raises FileElsewhere."""
    if place.exists():
        return place
    raise FileElsewhere(
        f"{place} cannot be seen on this host: is MATRICULA_STORAGE the folder that all hosts share?"
    )


def takes_nothing(fault: BaseException | None) -> bool:
    """Whether a disk said it is full or only to be read, perhaps through whoever was writing."""
    while fault is not None:
        if isinstance(fault, OSError) and fault.errno in NO_ROOM:
            return True
        fault = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
    return False


def storage_fault() -> tuple[str, str] | None:
    """What keeps the folder from taking files, as a name and in words; None when nothing does."""
    folder = nearest_folder(storage_folder())
    if not os.access(folder, os.W_OK | os.X_OK):
        return "storage is read-only", f"Nothing can be written to {folder}: uploads are refused."
    free = shutil.disk_usage(folder).free
    if not free or has_no_inode(folder):
        return "disk is full", f"The disk of {folder} is full: uploads are refused."
    if free < LEAST_FREE_BYTES:
        megabytes = free // 1024**2
        return "disk is nearly full", f"The disk of {folder} has only {megabytes} MiB left."
    return None


def storage_bytes() -> tuple[int, int]:
    """How large the folder's disk is, and what is left of it."""
    told = shutil.disk_usage(nearest_folder(storage_folder()))
    return told.total, told.free


def has_no_inode(folder: Path) -> bool:
    """So many small files that there is no place for one more. Some file systems do not count them."""
    told = os.statvfs(folder)
    return bool(told.f_files) and not told.f_favail


def nearest_folder(place: Path) -> Path:
    """`place`, or whatever of its way is there: folders are made when they are needed."""
    return next(one for one in (place, *place.parents) if one.is_dir())
