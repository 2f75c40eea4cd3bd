"""What becomes of each line of a file, decided for all lines at once by the database."""

from collections.abc import Iterator

from django.db import connection
from django.db.models import Count, Exists, OuterRef
from django.utils import timezone

from matricula.joining.importing.models import ImportedFile, Verdict
from matricula.joining.models import Invitation
from matricula.organizations.models import Affiliation
from matricula.programs.models import Membership

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
    for verdict, found in rules(file):
        file.kept_lines.filter(found, verdict=Verdict.NEW).update(verdict=verdict)


def rules(file: ImportedFile) -> Iterator[tuple[Verdict, Exists]]:
    """Members are known by their work e-mail and by invitations they joined by, never by a personal address.

    Who left or was removed may come back by a new invitation; so may who was withdrawn.
    """
    same = {"canonical": OuterRef("canonical")}
    members = Membership.objects.active().filter(program=file.program_id).values("account")
    ties = Affiliation.objects.live().filter(organization=file.program.organization_id, account__in=members)
    invitations = Invitation.objects.filter(program=file.program_id, **same)
    yield Verdict.MEMBER, Exists(ties.filter(**same))
    yield Verdict.MEMBER, Exists(invitations.filter(state="joined", accepted_by__in=members))
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
