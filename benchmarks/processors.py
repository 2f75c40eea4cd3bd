"""How long processes have worked, as Linux counts it: what other programs on the machine disturb least."""

import os
import time
from pathlib import Path

TICK = 1000 / os.sysconf("SC_CLK_TCK")


def own() -> float:
    """Milliseconds of processor time of this process and all its threads."""
    return time.process_time() * 1000


def of_group(leader: int) -> float:
    """Of the living processes of one process group, such as a server and its workers."""
    return sum(worked(place) for place in processes() if group_of(place) == leader)


def of_database(name: str) -> float:
    """Of the PostgreSQL processes that are connected to the database `name`."""
    return sum(worked(place) for place in processes() if f" {name} " in title(place))


def processes() -> list[Path]:
    return [place for place in Path("/proc").iterdir() if place.name.isdigit()]


def title(place: Path) -> str:
    """PostgreSQL writes there who is connected to what."""
    return read(place / "cmdline").replace("\0", " ")


def group_of(place: Path) -> int:
    return int((statistics(place) or ["0"] * 3)[2])


def worked(place: Path) -> float:
    fields = statistics(place)
    return (int(fields[11]) + int(fields[12])) * TICK if fields else 0.0


def statistics(place: Path) -> list[str]:
    """`/proc/<pid>/stat` after the name, see proc(5); [] for a process that has ended meanwhile."""
    return read(place / "stat").rpartition(")")[2].split()


def read(place: Path) -> str:
    try:
        return place.read_text(errors="replace")
    except OSError:
        return ""
