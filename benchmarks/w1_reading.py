"""W1, the steps that need no database: N people parsed, their addresses canonicalised and deduplicated.

    .venv/bin/python benchmarks/w1_reading.py [N]

Each in a process of its own, whose seconds of processor and peak memory are told: a CSV file, an XLSX file
with shared strings, and the limit: the same CSV file through `csv.reader` alone.
"""

import csv
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import django
import xlsxwriter

os.environ["DJANGO_SETTINGS_MODULE"] = "matricula.settings"
os.environ.setdefault("MATRICULA_DEVELOPMENT", "true")
django.setup()

from matricula.peoplefile import read_rows  # noqa: E402

HEADER = ["Name", "E-Mail", "Groups"]


def person(n: int) -> list[str]:
    return [f"Person {n}", f"Person.{n}@firm{n % 500}.example", "Oslo;Night"]


def write_csv(place: Path, count: int) -> None:
    with place.open("w", newline="") as stream:
        csv.writer(stream).writerows([HEADER, *map(person, range(count))])


def write_xlsx(place: Path, count: int) -> None:
    with xlsxwriter.Workbook(place) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate([HEADER, *map(person, range(count))]):
            for column, text in enumerate(row):
                sheet.write_string(at, column, text)


def ours(place: Path) -> int:
    return len({row.canonical for row in read_rows(place)})


def limit(place: Path) -> int:
    with place.open(newline="") as stream:
        return len({cells[1] for cells in csv.reader(stream)}) - 1


def measure(name: str, place: Path, count: int) -> float:
    """People a second of processor, from a child that does this only."""
    done = subprocess.run(
        [sys.executable, __file__, name, str(place)], capture_output=True, text=True, check=True
    )
    found, seconds, memory = done.stdout.split()
    assert int(found) == count
    rate = count / float(seconds)
    print(f"{name:6} {place.suffix:6} {rate:12,.0f} people/s {float(seconds):8.2f} s {memory:>5} MiB at most")
    return rate


def child(name: str, place: Path) -> None:
    begin = time.process_time()
    found = {"ours": ours, "limit": limit}[name](place)
    seconds = time.process_time() - begin
    peak = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    print(found, seconds, int(peak[1]) // 1024 if peak else "?")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        table, workbook = Path(folder, "people.csv"), Path(folder, "people.xlsx")
        write_csv(table, count)
        write_xlsx(workbook, count)
        most = measure("limit", table, count)
        for place in (table, workbook):
            print(f"ratio {measure('ours', place, count) / most:.2f}")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        child(sys.argv[1], Path(sys.argv[2]))
    else:
        main()
