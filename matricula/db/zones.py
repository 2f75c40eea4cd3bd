"""Names of time zones, of the IANA time zone database. Without Django, for the settings ask it, too."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from zoneinfo import TZPATH, available_timezones


@cache
def known_zones() -> tuple[str, ...]:
    """In the order of their names; those of places, and UTC."""
    return tuple(sorted(one for one in available_timezones() if "/" in one or one == "UTC"))


@cache
def offered_zones() -> tuple[str, ...]:
    """Those that people somewhere call theirs: names of before (Asia/Calcutta, US/Eastern) are known, and no
    longer offered. All, where the machine does not tell which these are."""
    told = {"UTC", *zones_of_countries()}
    return tuple(one for one in known_zones() if one in told) if len(told) > 1 else known_zones()


def zones_of_countries() -> Iterator[str]:
    """The third column of `zone.tab`."""
    table = next((one for folder in TZPATH if (one := Path(folder, "zone.tab")).is_file()), None)
    for line in table.read_text(encoding="utf-8").splitlines() if table else ():
        if not line.startswith("#"):
            yield line.split("\t")[2]
