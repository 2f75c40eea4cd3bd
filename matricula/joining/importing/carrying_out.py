"""Carrying out a confirmed file, some lines a step: invitations by the tens of thousands in one statement.

What a row costs is what its indexes cost. Within a step the addresses go in sorted, so that neighbours in an
index are written together.
"""

from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from matricula.joining.importing.handing_in import journal
from matricula.joining.importing.judging import count, judge_members, with_room_to_sort
from matricula.joining.importing.keeping import lines_a_step
from matricula.joining.importing.models import ImportedFile, Verdict
from matricula.joining.models import Invitation, invitation_expiry

INVITE = """
INSERT INTO joining_invitation (
    program_id, organization_id, public_id, address, canonical, name, language, invited_by_id, course_id,
    specialization_id, note, from_file_id, state, created_at, expires_at
)
SELECT
    %(program)s, %(organization)s, lines.public_id, lines.address, lines.canonical, lines.name, %(language)s,
    %(invited_by)s, catalog_course.id, catalog_specialization.id, lines.note, lines.file_id, 'queued',
    %(now)s, %(until)s
FROM joining_importedline AS lines
LEFT JOIN catalog_course ON catalog_course.id = lines.course
LEFT JOIN catalog_specialization ON catalog_specialization.id = lines.specialization
WHERE lines.file_id = %(file)s AND lines.line > %(after)s AND lines.line <= %(last)s AND lines.verdict = 'new'
ORDER BY lines.canonical
ON CONFLICT DO NOTHING
"""
ATTACH = """
INSERT INTO joining_invitation_groups (invitation_id, group_id)
SELECT joining_invitation.id, programs_group.id
FROM joining_importedline AS lines
CROSS JOIN {named}
JOIN programs_group ON programs_group.id = {id}
JOIN joining_invitation ON joining_invitation.program_id = %(program)s
    AND joining_invitation.canonical = lines.canonical AND joining_invitation.state = 'queued'
    AND joining_invitation.from_file_id = lines.file_id
WHERE lines.file_id = %(file)s AND lines.line > %(after)s AND lines.line <= %(last)s AND lines.verdict = 'new'
    AND lines.groups <> '[]'
"""
NAMED = {
    "postgresql": {
        "named": "LATERAL jsonb_array_elements(lines.groups) AS named(id)",
        "id": "named.id::bigint",
    },
    "sqlite": {"named": "json_each(lines.groups) AS named", "id": "named.value"},
}
State = ImportedFile.State


class Stopped(Exception):
    """Somebody stopped the file while this step was at work; the step is undone."""


def carry_out_some(file: ImportedFile) -> bool:
    """Invite those of the next lines; after the last, tell the journal. True while more is left."""
    try:
        with transaction.atomic():
            return invite_some(file)
    except Stopped:
        return False


def invite_some(file: ImportedFile) -> bool:
    """Raises Stopped."""
    with_room_to_sort()
    after, last = file.run_to, file.run_to + lines_a_step()
    stretch = file.kept_lines.filter(line__gt=after, line__lte=last)
    judge_members(file, stretch)
    told = stretch.aggregate(lines=Count("line"), new=Count("line", filter=Q(verdict=Verdict.NEW)))
    made = invite_lines(file, after, last) if told["new"] else 0
    if made < told["new"]:
        note_faster_ones(file, after, last)
    news = {"run_to": last, "done": file.done + told["lines"], "invited": file.invited + made}
    if not file.move(State.RUNNING, **news):
        raise Stopped
    if last < file.read_to:
        return True
    finish(file)
    return False


def invite_lines(file: ImportedFile, after: int, last: int) -> int:
    """How many invitations were made; an address with a live one gets none."""
    stretch = {"file": file.pk, "program": file.program_id, "after": after, "last": last}
    with connection.cursor() as cursor:
        cursor.execute(INVITE, stretch | values_of(file))
        made: int = cursor.rowcount
        cursor.execute(ATTACH.format(**NAMED[connection.vendor]), stretch)
    return made


def values_of(file: ImportedFile) -> dict[str, Any]:
    """What all its invitations have in common, as the database takes it."""
    moment = connection.ops.adapt_datetimefield_value
    return {
        "organization": file.program.organization_id,
        "language": file.language,
        "invited_by": file.confirmed_by_id,
        "now": moment(timezone.now()),
        "until": moment(invitation_expiry(file.program)),
    }


def note_faster_ones(file: ImportedFile, after: int, last: int) -> None:
    """Whoever was invited otherwise since the file was checked is told as that."""
    ours = Invitation.objects.filter(program=file.program_id, from_file=file, canonical=OuterRef("canonical"))
    stretch = file.kept_lines.filter(line__gt=after, line__lte=last, verdict=Verdict.NEW)
    stretch.filter(~Exists(ours)).update(verdict=Verdict.INVITED)


def finish(file: ImportedFile) -> None:
    file.move(State.RUNNING, state=State.DONE, counts=count(file), ended_at=timezone.now())
    journal("invitation.imported", file, file.confirmed_by)
