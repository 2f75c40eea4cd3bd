"""Counting from scratch, and making right what was kept wrong: by command, and some of it every night."""

import logging
from datetime import time

from django.db import connection, transaction

from matricula.jobs.models import Job
from matricula.jobs.performing import nightly
from matricula.programs.models import Program
from matricula.programs.tallying import ADDED, KEPT, Counted, counted
from matricula.web.triggers import after_installing

NIGHT = time(2, 30)
CHANGED_BY = "INSERT INTO programs_tallychange (program_id, what, subject, n)"
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(7305)"
"""On PostgreSQL. Two who make the same number right at once would do it twice."""
logger = logging.getLogger(__name__)
Wrong = tuple[int, str, str, int]
"""Program, what, subject, how many more there really are."""


def differing(some: tuple[Counted, ...] = (), program: int | None = None) -> str:
    """A SELECT of what a count from scratch has more or less than is kept, true at one moment.

    Of everything, or of `some` in `program`.
    """
    scratch = [one for each in some or counted() for one in each.scratch(connection.vendor, program)]
    kept = f"SELECT * FROM ({KEPT.format(sign='-')}) kept"
    if program:
        whats = ", ".join(f"'{what}'" for one in some for what in one.subjects)
        kept += f" WHERE program_id = {program:d} AND what IN ({whats})"
    both = " UNION ALL ".join([kept, *scratch])
    return f"""SELECT program_id, what, subject, sum(n) AS n FROM ({both}) both_sides
    GROUP BY program_id, what, subject HAVING sum(n) <> 0"""


def wrong_numbers() -> list[Wrong]:
    """Counts everything: seconds for a million."""
    with connection.cursor() as cursor:
        cursor.execute(differing())
        return [(program, what, subject, int(n)) for program, what, subject, n in cursor.fetchall()]


@after_installing
def recount() -> None:
    """Make every number right again, whatever else is being written meanwhile."""
    mend(differing())


def mend(wrong: str) -> list[Wrong]:
    """What was wrong, and is right now. `wrong`: a SELECT as `differing` gives it."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(ONE_AT_A_TIME)
            cursor.execute(f"{CHANGED_BY} {wrong} RETURNING program_id, what, subject, n")
            return [(program, what, subject, int(n)) for program, what, subject, n in cursor.fetchall()]
        cursor.execute(wrong)
        found = list(cursor.fetchall())
        if found:
            cursor.executemany(ADDED.format(rows="VALUES (%s, %s, %s, %s)"), found)
        return found


@nightly("programs.recount", NIGHT)
def recount_some(job: Job) -> bool:
    """One of the things counted, in one program. True until all are looked at."""
    things = counted()
    reached, thing = divmod(job.place, len(things))
    program = Program.objects.filter(pk__gte=reached).order_by("pk").values_list("pk", flat=True).first()
    if program is None:
        return False
    thing = thing if program == reached else 0
    for _program, what, subject, more in mend(differing((things[thing],), program)):
        logger.warning("Program %s: %s %s was wrong by %+d and is right again.", program, what, subject, more)
    job.place = program * len(things) + thing + 1
    return True
