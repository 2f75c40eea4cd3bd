"""Carrying out a confirmed file, some lines a step, with its letters just ahead of the worker."""

from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from matricula.invitations.imports.lines import count_verdicts, judge_members, lines_a_step, with_room_to_sort
from matricula.invitations.imports.uploads import record_import
from matricula.invitations.invitations import queue_letters
from matricula.invitations.models import ImportedFile, Invitation, Verdict, invitation_expiry
from matricula.mail.leases import organizations_at_their_limit

TERMS = {
    "course_id": "catalog_course.id",
    "specialization_id": "catalog_specialization.id",
    "language": "%(language)s",
    "note": "lines.note",
}
"""Where the columns of an invitation that hold its terms come from; its groups come by ATTACH."""
COLUMNS = TERMS | {
    "program_id": "%(program)s",
    "organization_id": "%(organization)s",
    "public_id": "lines.public_id",
    "address": "lines.address",
    "canonical": "lines.canonical",
    "name": "lines.name",
    "invited_by_id": "%(invited_by)s",
    "from_file_id": "lines.file_id",
    "state": "'queued'",
    "created_at": "%(now)s",
    "expires_at": "%(until)s",
}
INVITE = f"""
INSERT INTO invitations_invitation ({", ".join(COLUMNS)})
SELECT {", ".join(COLUMNS.values())}
FROM invitations_importedline AS lines
LEFT JOIN catalog_course ON catalog_course.id = lines.course
LEFT JOIN catalog_specialization ON catalog_specialization.id = lines.specialization
WHERE lines.file_id = %(file)s AND lines.line > %(after)s AND lines.line <= %(last)s AND lines.verdict = 'new'
ORDER BY lines.canonical
ON CONFLICT DO NOTHING
"""  # noqa: S608 - our own names
"""The unique constraint (one live invitation for an address in a program) decides, whoever invites
meanwhile. In the order of addresses, so that two files of one program do not wait for each other in a
circle. LEFT JOIN: a course that was deleted since leaves the invitation without it."""
ATTACH = """
INSERT INTO invitations_invitation_groups (invitation_id, group_id)
SELECT invitations_invitation.id, programs_group.id
FROM invitations_importedline AS lines
CROSS JOIN {named}
JOIN programs_group ON programs_group.id = {id}
JOIN invitations_invitation ON invitations_invitation.program_id = %(program)s
    AND invitations_invitation.canonical = lines.canonical AND invitations_invitation.state = 'queued'
    AND invitations_invitation.from_file_id = lines.file_id
WHERE lines.file_id = %(file)s AND lines.line > %(after)s AND lines.line <= %(last)s AND lines.verdict = 'new'
    AND lines.groups <> '[]'
"""
"""Only to invitations that this file made: `from_file_id` leaves out those that somebody else was faster
with."""
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
    """Invite those of the next lines; after the last, tell the audit log. True while more is left."""
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
    finish_import(file)
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


def finish_import(file: ImportedFile) -> None:
    file.move(State.RUNNING, state=State.DONE, counts=count_verdicts(file), ended_at=timezone.now())
    record_import("invitation.imported", file, file.confirmed_by)


BATCH = 500


def hand_over_letters() -> bool:
    """One batch of each file that owes letters; whether there was anything to do."""
    owing = list(ImportedFile.objects.filter(owes_letters=True).select_related("program").order_by("pk"))
    full = organizations_at_their_limit() if owing else set()
    handed = [hand_over_some(file) for file in owing if file.program.organization_id not in full]
    return any(handed)


@transaction.atomic
def hand_over_some(file: ImportedFile) -> bool:
    """The next of its invitations that nobody has written to otherwise. False when there are none for now.

    Whoever stops the file waits for this batch, or comes before it.
    """
    owing = ImportedFile.objects.select_for_update(no_key=True).filter(pk=file.pk, owes_letters=True)
    written_to = owing.values_list("written_to", flat=True).first()
    if written_to is None:
        return False
    rows = Invitation.objects.filter(from_file=file, pk__gt=written_to).order_by("pk")
    # The file is held already; then its invitations in the order of their ids, and not their program.
    batch = list(rows.select_related("program").select_for_update(of=("self",))[:BATCH])
    if batch:
        open_ones = [one for one in batch if one.letter_id is None and one.state == Invitation.State.QUEUED]
        queue_letters([one for one in open_ones if not one.is_expired])
        ImportedFile.objects.filter(pk=file.pk).update(written_to=batch[-1].pk)
    elif file.state == State.DONE:
        ImportedFile.objects.filter(pk=file.pk, state=State.DONE).update(owes_letters=False)
    return bool(batch)
