"""What becomes of each line of a file, decided for all lines at once by the database."""

from collections.abc import Iterator

from django.db import connection
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone

from matricula.joining.importing.models import ImportedFile, ImportedLine, Verdict
from matricula.joining.models import Invitation
from matricula.joining.settlement import known_by

TWICE = """
UPDATE joining_importedline SET verdict = 'twice'
FROM (
    SELECT line, row_number() OVER (PARTITION BY canonical ORDER BY line) AS place
    FROM joining_importedline WHERE file_id = %(file)s AND verdict = 'new'
) AS placed
WHERE joining_importedline.file_id = %(file)s AND joining_importedline.line = placed.line AND place > 1
"""


def judge(file: ImportedFile) -> None:
    """Of an address that is there twice, the first line counts. The first rule that fits wins."""
    learn_sizes()
    with_room_to_sort()
    with connection.cursor() as cursor:
        cursor.execute(TWICE, {"file": file.pk})
    judge_members(file, file.kept_lines.all())
    for verdict, found in rules(file):
        file.kept_lines.filter(found, verdict=Verdict.NEW).update(verdict=verdict)


def judge_members(file: ImportedFile, lines: QuerySet[ImportedLine]) -> None:
    """Of `lines`, those of people who are in the program: asked when a file is checked, and once more when it
    is carried out, for days may lie between."""
    for rows in known_by(file.program):
        known = Exists(rows.filter(canonical=OuterRef("canonical")))
        lines.filter(known, verdict=Verdict.NEW).update(verdict=Verdict.MEMBER)


def rules(file: ImportedFile) -> Iterator[tuple[Verdict, Exists]]:
    """Who left or was removed may come back by a new invitation; so may who was withdrawn."""
    invitations = Invitation.objects.filter(program=file.program_id, canonical=OuterRef("canonical"))
    yield Verdict.EXPIRED, Exists(invitations.live().filter(expires_at__lte=timezone.now()))
    yield Verdict.INVITED, Exists(invitations.live())
    yield Verdict.DECLINED, Exists(invitations.filter(state="declined"))


def learn_sizes() -> None:
    """PostgreSQL plans by what it knows of a table, and it knows nothing of lines written a moment ago."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE joining_importedline")


def with_room_to_sort() -> None:
    """For the rest of the transaction; what PostgreSQL gives by itself sorts on the disk."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL work_mem = '64MB'")


def count(file: ImportedFile) -> dict[str, int]:
    """How many lines of each verdict there are."""
    return dict(file.kept_lines.values_list("verdict").annotate(Count("line")))
