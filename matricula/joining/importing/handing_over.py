"""Handing the letters of imported invitations to the outbox, just ahead of the worker that sends them.

A file's `owes_letters` is the promise that each of its invitations gets its letter: written when the file
is confirmed, before the first of them, and taken back when the last letter is in the outbox.
"""

from django.db import transaction

from matricula.joining.importing.models import ImportedFile
from matricula.joining.inviting import queue_letters
from matricula.joining.models import Invitation
from matricula.mail.leasing import crowded

BATCH = 500
State = ImportedFile.State


def hand_over_letters() -> bool:
    """One batch of each file that owes letters; whether there was anything to do."""
    owing = list(ImportedFile.objects.filter(owes_letters=True).select_related("program").order_by("pk"))
    full = crowded() if owing else set()
    handed = [hand_over_some(file) for file in owing if file.program.organization_id not in full]
    return any(handed)


@transaction.atomic
def hand_over_some(file: ImportedFile) -> bool:
    """The next of its invitations that nobody has written to otherwise. False when there are none for now.

    Who stops the file waits for this batch, or comes before it.
    """
    owing = ImportedFile.objects.select_for_update(no_key=True).filter(pk=file.pk, owes_letters=True)
    written_to = owing.values_list("written_to", flat=True).first()
    if written_to is None:
        return False
    rows = Invitation.objects.filter(from_file=file, pk__gt=written_to).order_by("pk")
    batch = list(rows.select_related("program").select_for_update(of=("self",))[:BATCH])
    if batch:
        open_ones = [one for one in batch if one.letter_id is None and one.state == Invitation.State.QUEUED]
        queue_letters([one for one in open_ones if not one.is_expired])
        ImportedFile.objects.filter(pk=file.pk).update(written_to=batch[-1].pk)
    elif file.state == State.DONE:
        ImportedFile.objects.filter(pk=file.pk, state=State.DONE).update(owes_letters=False)
    return bool(batch)
