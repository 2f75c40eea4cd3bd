"""Counting from scratch, and making right what was kept wrong: by command, and some of it every night."""

import logging
from datetime import time

from django.db import connection, transaction
from django.db.models import Count, Exists, ExpressionWrapper, F, IntegerField, OuterRef, Q
from django.db.models.functions import Coalesce, Least

from matricula.accounts.mailboxes import hold_account
from matricula.jobs.models import Job
from matricula.organizations.models import Affiliation
from matricula.programs.counting import ADDED, KEPT, Counter, registered_counters
from matricula.programs.departure import end_affiliation, leave_organization
from matricula.programs.models import Membership, Program

NIGHT = time(2, 30)
CHANGED_BY = "INSERT INTO programs_countchange (program_id, what, subject, n)"
"""A difference is added as a change, in the statement that found it: what others add meanwhile is not
lost."""
TIES = 500
"""Looked at in one step."""
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(7305)"
"""On PostgreSQL. Two who make the same number right at once would do it twice."""
logger = logging.getLogger(__name__)
Wrong = tuple[int, str, str, int]
"""Program, what, subject, how many more there really are."""


def differing(some: tuple[Counter, ...] = (), program: int | None = None) -> str:
    """A SELECT of what a count from scratch has more or less than is kept, true at one moment.

    Of everything, or of `some` in `program`.
    """
    scratch = [
        one for each in some or registered_counters() for one in each.scratch(connection.vendor, program)
    ]
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
        rows = cursor.fetchall()
    return [*wrong_seats(), *((program, what, subject, int(n)) for program, what, subject, n in rows)]


def wrong_seats(**which: int) -> list[Wrong]:
    """Of the programs `which`. Where more are members than there are seats, all are taken."""
    active = Count("memberships", filter=Q(memberships__state=Membership.State.ACTIVE))
    taken = Least(active, Coalesce("seats", active, output_field=IntegerField()))
    more = ExpressionWrapper(taken - F("seats_used"), IntegerField())
    found = Program.objects.filter(**which).annotate(more=more).exclude(more=0)
    return [
        (program, "seats", "taken", more) for program, more in found.order_by("pk").values_list("pk", "more")
    ]


def recount_programs() -> None:
    """Make every number right again, whatever else is being written meanwhile."""
    mend_number(differing())
    for program, *_rest in wrong_seats():
        recount_seats(program)


def recount_seats(program: int) -> None:
    """What seemed wrong is counted again while the seats are held: who joins now waits or is counted."""
    if not wrong_seats(pk=program):
        return
    with transaction.atomic():
        Program.objects.select_for_update(no_key=True).get(pk=program)
        for wrong in wrong_seats(pk=program):
            Program.objects.filter(pk=program).update(seats_used=F("seats_used") + wrong[3])
            print_difference(wrong)


def print_difference(wrong: Wrong) -> None:
    logger.warning("Program %s: %s %s was wrong by %+d and is right again.", *wrong)


def mend_number(wrong: str) -> list[Wrong]:
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


def end_lone_affiliations() -> int:
    """End the ties of people who are in no program of the organization any more; how many. By batches."""
    place: int | None = 0
    ended = 0
    while place is not None:
        place, more = end_lone_after(place)
        ended += more
    return ended


@transaction.atomic
def end_lone_after(place: int) -> tuple[int | None, int]:
    """Of the next ties, end the lone ones: where those after them begin, None at the end; and how many."""
    membership = Membership.objects.active().filter(
        organization=OuterRef("organization"), account=OuterRef("account")
    )
    batch = list(
        Affiliation.objects.live().filter(pk__gt=place).order_by("pk").values_list("pk", flat=True)[:TIES]
    )
    lone = Affiliation.objects.live().filter(~Exists(membership), pk__any_of=batch)
    ended = 0
    for tie in lone.select_related("organization", "account").order_by("account"):
        hold_account(tie.account_id)
        if end_affiliation(organization=tie.organization_id, account=tie.account_id, actor=None):
            leave_organization(organization=tie.organization, account=tie.account, actor=None)
            ended += 1
    return (batch[-1] if len(batch) == TIES else None), ended


def recount_some(job: Job) -> bool:
    """One of the things counted, in one program, the seats with the first. True until all are looked at."""
    things = registered_counters()
    reached, thing = divmod(job.place, len(things))
    program = Program.objects.filter(pk__gte=reached).order_by("pk").values_list("pk", flat=True).first()
    if program is None:
        return False
    thing = thing if program == reached else 0
    if thing == 0:
        recount_seats(program)
    for wrong in mend_number(differing((things[thing],), program)):
        print_difference(wrong)
    job.place = program * len(things) + thing + 1
    return True
