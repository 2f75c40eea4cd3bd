"""W1: a file of N people, from the upload to stored invitations, beside a bare COPY … ON CONFLICT.

    DATABASE_URL=postgresql://… .venv/bin/python benchmarks/w1_import.py [N]

Ours: the file handed in, split, checked, judged, confirmed and carried out by the jobs a worker performs, in
a process of its own whose peak memory is told; with it the promise of the letters. The limit: the same rows,
built beforehand, by COPY into a temporary table and INSERT … ON CONFLICT into a table with five indexes. Done
for 10,000 and for N, to see the growth; then the same file again, which invites nobody; then letters put into
the outbox.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "matricula.settings"
django.setup()

from django.db import connection, transaction  # noqa: E402

from matricula.db.public_ids import new_public_ids  # noqa: E402
from matricula.invitations.imports import execution  # noqa: E402
from matricula.invitations.imports.uploads import confirm_file, hand_in_file  # noqa: E402
from matricula.invitations.models import (  # noqa: E402
    ImportedFile,
    Invitation,
)
from matricula.jobs.queue import perform_due  # noqa: E402
from matricula.mail import leases  # noqa: E402
from matricula.organizations.models import Organization  # noqa: E402
from matricula.programs.models import Program  # noqa: E402

SMALL = 10_000
LETTERS = 10_000
LIMIT = """
CREATE TABLE plain (
    id bigserial PRIMARY KEY, public_id varchar(22) UNIQUE, program_id bigint, address varchar(254),
    canonical varchar(254), name varchar(200), state varchar(8) DEFAULT 'queued',
    created_at timestamptz DEFAULT now()
);
CREATE UNIQUE INDEX ON plain (program_id, canonical);
CREATE INDEX ON plain (canonical);
CREATE INDEX ON plain (program_id, state, id DESC);
"""


def address(n: int) -> str:
    return f"person{n * 7919 % 10_000_019}@nordlicht.example"


def write_file(place: Path, count: int) -> None:
    with place.open("w") as out:
        out.write("email,name\n")
        out.writelines(f"{address(n)},Person {n}\n" for n in range(count))


def work() -> None:
    while perform_due():
        pass


def import_file(program: Program, place: Path) -> tuple[ImportedFile, float, float]:
    """The file, and the seconds it took to check and to carry out."""
    began = time.perf_counter()
    with place.open("rb") as content:
        pieces = iter(lambda: content.read(64 * 1024), b"")
        file = hand_in_file(program=program, name=place.name, content=pieces, actor=None)
    work()
    file.refresh_from_db()
    checked = time.perf_counter()
    confirm_file(file=file, actor=None)
    work()
    file.refresh_from_db()
    assert file.state == "done", (file.state, file.code)
    return file, checked - began, time.perf_counter() - checked


def ours(program: int, place: Path) -> None:
    """Run in a process of its own: prints the seconds of checking and carrying out, and the peak in MiB."""
    file, check, run = import_file(Program.objects.get(pk=program), place)
    print(check, run, file.invited, peak_mib())


def peak_mib() -> float:
    """Of this process alone; getrusage would tell the peak of whoever started it."""
    peak = re.search(r"^VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.M)
    assert peak is not None
    return int(peak[1]) / 1024


def run_ours(program: Program, place: Path) -> tuple[float, float, int, float]:
    asked = [sys.executable, __file__, "--ours", str(program.pk), str(place)]
    url = os.environ["DATABASE_URL"].rpartition("/")[0] + "/" + connection.settings_dict["NAME"]
    told = subprocess.run(asked, env={**os.environ, "DATABASE_URL": url}, check=True, capture_output=True)
    check, run, invited, peak = told.stdout.split()
    return float(check), float(run), int(invited), float(peak)


def limit(count: int) -> float:
    """Rows a second of COPY and INSERT … ON CONFLICT alone."""
    ids = new_public_ids(count)
    pieces = [f"{ids[n]}\t{address(n)}\t{address(n)}\tPerson {n}\n" for n in range(count)]
    body = ["".join(pieces[at : at + 1000]) for at in range(0, count, 1000)]
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS plain")
        cursor.execute(LIMIT)
        began = time.perf_counter()
        with transaction.atomic():
            cursor.execute(
                "CREATE TEMP TABLE copied (public_id text, address text, canonical text, name text)"
                " ON COMMIT DROP"
            )
            with cursor.copy("COPY copied FROM STDIN") as copy:
                for piece in body:
                    copy.write(piece)
            cursor.execute(
                "INSERT INTO plain (public_id, program_id, address, canonical, name)"
                " SELECT public_id, 1, address, canonical, name FROM copied ON CONFLICT DO NOTHING"
            )
        return count / (time.perf_counter() - began)


def letters() -> float:
    """Letters a second from the promise into the outbox."""
    leases.AHEAD = LETTERS
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    began, handed = time.perf_counter(), 0
    while handed < LETTERS:
        with transaction.atomic():
            if not execution.hand_over_letters():
                break
        handed = Invitation.objects.filter(letter__isnull=False).count()
    return handed / (time.perf_counter() - began)


def measure(count: int, organization: Organization, folder: Path) -> tuple[float, Program, Path]:
    program = Program.objects.create(organization=organization, slug=f"p{count}", name="Welcome")
    place = folder / f"{count}.csv"
    write_file(place, count)
    bare = limit(count)
    check, run, invited, peak = run_ours(program, place)
    assert invited == count == Invitation.objects.filter(program=program).count()
    rate = count / (check + run)
    print(f"{count:,} lines: check {check:.1f} s, carry out {run:.1f} s, together {check + run:.1f} s")
    print(f"  ours {rate:,.0f} lines/s, COPY + ON CONFLICT {bare:,.0f} lines/s, ratio {rate / bare:.2f}")
    print(f"  peak memory of the worker {peak:.0f} MiB", flush=True)
    return rate, program, place


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    assert connection.vendor == "postgresql", "the limit is PostgreSQL's"
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        with tempfile.TemporaryDirectory() as folder:
            organization = Organization.objects.create(slug="n", name="Nordlicht Energie")
            small, *_ = measure(SMALL, organization, Path(folder))
            rate, program, place = measure(count, organization, Path(folder))
            print(f"growth from {SMALL:,}: a line costs {small / rate:.2f} times as much (linear is 1)")
            check, run, invited, _ = run_ours(program, place)
            assert invited == 0, "somebody would have been written to twice"
            print(f"the same file again: {check + run:.1f} s, invites nobody")
            print(f"letters into the outbox: {letters():,.0f} /s")
    finally:
        connection.close()
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--ours"]:
        ours(int(sys.argv[2]), Path(sys.argv[3]))
    else:
        main()
