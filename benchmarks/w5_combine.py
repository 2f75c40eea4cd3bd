"""W5: two accounts become one and two again, beside the moves alone, in bare SQL without a ledger.

    DATABASE_URL=postgresql://… .venv/bin/python benchmarks/w5_combine.py [COURSES]

Two accounts with COURSES (1,000) enrolments each, half of them of the same courses, six lessons begun
each and 40 programs, in a database of its own that it makes and drops; on SQLite, too. Each is done several
times and undone again; the median by the clock is printed, with how many statements it took.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "matricula.settings"
django.setup()

from django.db import connection, transaction  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from matricula.accounts.models import Account, EmailAddress  # noqa: E402
from matricula.catalog.models import Course, Lesson, Module  # noqa: E402
from matricula.credentials.models import Certificate  # noqa: E402
from matricula.learning.models import Enrolment, Progress  # noqa: E402
from matricula.leaving.combining.combining import Asked, Proven, combine, undo_combining  # noqa: E402
from matricula.leaving.combining.sections import Telling, sections_of  # noqa: E402
from matricula.leaving.models import Combining  # noqa: E402
from matricula.organizations.models import Affiliation, Organization  # noqa: E402
from matricula.programs.models import Membership, Program  # noqa: E402
from matricula.programs.recount import wrong_numbers  # noqa: E402

LESSONS, PROGRAMS, TIMES = 6, 40, 5
BARE = """
UPDATE learning_enrolment SET account_id = {kept} WHERE account_id = {given}
AND course_id NOT IN (SELECT course_id FROM learning_enrolment WHERE account_id = {kept});
INSERT INTO learning_progress (seconds, answers, score, done_at, updated_at, enrolment_id, lesson_id)
SELECT q.seconds, q.answers, q.score, q.done_at, q.updated_at, o.id, q.lesson_id
FROM learning_enrolment e JOIN learning_enrolment o ON o.account_id = {kept} AND o.course_id = e.course_id
JOIN learning_progress q ON q.enrolment_id = e.id WHERE e.account_id = {given}
ON CONFLICT (enrolment_id, lesson_id) DO UPDATE SET seconds = excluded.seconds, done_at = excluded.done_at,
score = excluded.score, answers = excluded.answers WHERE excluded.seconds > learning_progress.seconds;
UPDATE credentials_certificate SET account_id = {kept} WHERE account_id = {given};
UPDATE programs_membership SET account_id = {kept} WHERE account_id = {given} AND program_id NOT IN
(SELECT program_id FROM programs_membership WHERE account_id = {kept});
UPDATE organizations_affiliation SET account_id = {kept} WHERE account_id = {given};
UPDATE accounts_emailaddress SET is_primary = false, account_id = {kept} WHERE account_id = {given}
"""


def seed(courses: int) -> tuple[Account, Account]:
    """Kept and given up."""
    now = timezone.now()
    people = []
    for n, name in enumerate(("Ada Lovelace", "Ada King")):
        one = Account.objects.create(full_name=name, password="!")
        address = f"ada{n}@home.example"
        EmailAddress.objects.create(account=one, address=address, confirmed_at=now, is_primary=True)
        people.append(one)
    company = Organization.objects.create(slug="acme", name="ACME")
    other = Organization.objects.create(slug="globex", name="Globex")
    made = Course.objects.bulk_create(
        Course(organization=company, slug=f"c{n}", title=f"Course {n}", summary="S", topic="T")
        for n in range(courses + courses // 2)
    )
    modules = Module.objects.bulk_create(Module(course=one, position=0, title="M") for one in made)
    lessons = Lesson.objects.bulk_create(
        Lesson(course=one, module=module, key=f"l{n}", position=n, kind="reading", title=f"L{n}")
        for one, module in zip(made, modules, strict=True)
        for n in range(9)
    )
    by_course = {one.pk: lessons[9 * n : 9 * n + 9] for n, one in enumerate(made)}
    for n, (one, organization) in enumerate(zip(people, (company, other), strict=True)):
        Affiliation.objects.create(organization=organization, account=one, work_email=f"ada@w{n}.example")
        programs = [Program(organization=organization, slug=f"p{m}", name=f"P{m}") for m in range(PROGRAMS)]
        programs = [Program.objects.create(**fields(row)) for row in programs]
        memberships = Membership.objects.bulk_create(
            Membership(program=row, organization=organization, account=one) for row in programs
        )
        Program.objects.filter(organization=organization).update(seats_used=1)
        theirs = made[n * courses // 2 :][:courses]
        enrolments = Enrolment.objects.bulk_create(
            Enrolment(account=one, course=row, membership=memberships[m % PROGRAMS])
            for m, row in enumerate(theirs)
        )
        Progress.objects.bulk_create(
            Progress(enrolment=row, lesson=lesson, seconds=60 * (m + n), done_at=now)
            for row in enrolments
            for m, lesson in enumerate(by_course[row.course_id][2 * n :][:LESSONS])
        )
        Certificate.objects.bulk_create(
            Certificate(account=one, enrolment=row, recipient_name="Ada", title="T", organization_name="A")
            for row in enrolments[::3]
        )
    return people[0], people[1]


def fields(row: Program) -> dict[str, Any]:
    return {"organization": row.organization, "slug": row.slug, "name": row.name}


def asked_of(kept: Account, given_up: Account) -> Asked:
    for one in (kept, given_up):
        one.refresh_from_db()
    proofs = [Proven(one.pk, one.get_session_auth_hash(), "", timezone.now()) for one in (kept, given_up)]
    return Asked(kept=proofs[0], given_up=proofs[1])


def clocked(work: Callable[[], Any]) -> tuple[float, int, Any]:
    """Milliseconds, statements, and what it returned. Statements are counted in the same run."""
    with CaptureQueriesContext(connection) as asked:
        begun = time.perf_counter()
        found = work()
        took = 1000 * (time.perf_counter() - begun)
    return took, len(asked), found


def bare(kept: Account, given_up: Account) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in BARE.format(kept=kept.pk, given=given_up.pk).split(";"):
            cursor.execute(statement)
        transaction.set_rollback(True)


def measure(kept: Account, given_up: Account) -> dict[str, tuple[float, int]]:
    taken: dict[str, list[tuple[float, int]]] = {}

    def note(name: str, work: Callable[[], Any]) -> Any:
        took, statements, found = clocked(work)
        taken.setdefault(name, []).append((took, statements))
        return found

    for _ in range(TIMES):
        note("the moves alone, bare SQL", lambda: bare(kept, given_up))
        asked = asked_of(kept, given_up)
        ledger = asked.ledger(now=timezone.now())
        lines, digest = note("preview: the lines", ledger.look)
        note("preview: in words", lambda lines=lines: sections_of(Telling(kept, given_up, lines)))
        made = note("combining", lambda a=asked, d=digest: combine(asked=a, digest=d))
        note("undo", lambda m=made: undo_combining(combining=m, side=Combining.Side.KEPT))
    print(f"{len(lines)} lines in the ledger")
    return {
        name: (statistics.median(took for took, _n in all_of), all_of[-1][1])
        for name, all_of in taken.items()
    }


def main() -> None:
    courses = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        people = seed(courses)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        measured = measure(*people)
        (limit, _), combining = measured["the moves alone, bare SQL"], measured["combining"]
        for name, (took, statements) in measured.items():
            print(f"{connection.vendor:10} {name:28} {took:8.1f} ms  {statements:3d} statements")
        print(f"{connection.vendor:10} combining is {combining[0] / limit:.1f} times the moves alone")
        print("wrong numbers:", wrong_numbers())
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


if __name__ == "__main__":
    main()
