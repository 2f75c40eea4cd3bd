"""Stopping a file under way: nobody more is invited from it, and nobody more is written to."""

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from matricula.accounts.models import Account
from matricula.invitations.errors import NotToStop
from matricula.invitations.imports.lines import count_verdicts, lines_a_step
from matricula.invitations.imports.uploads import STOP_JOB, record_import
from matricula.invitations.models import ImportedFile, Invitation, Verdict
from matricula.jobs.models import Job
from matricula.jobs.queue import enqueue

State = ImportedFile.State


@transaction.atomic
def stop_file(*, file: ImportedFile, actor: Account | None) -> None:
    """From this moment on; a step that is at work is undone. Raises NotToStop."""
    under_way = ImportedFile.objects.may_be_stopped().filter(pk=file.pk)
    if not under_way.update(state=State.STOPPED, owes_letters=False, ended_at=None):
        raise NotToStop
    file.refresh_from_db(fields=["state", "owes_letters", "ended_at", "invited", "written_to"])
    enqueue(STOP_JOB, reference=file.pk)
    record_import("invitation.import_stopped", file, actor)


def wind_down_some(file: ImportedFile, job: Job) -> bool:
    """Take back who was invited, then tell the lines: `job` knows how far. True while more is left."""
    return (not job.place and take_back_some(file)) or mark_uninvited_lines(file, job)


def take_back_some(file: ImportedFile) -> bool:
    """Those after the last one written to, some at a time. False when nobody is left."""
    rows = Invitation.objects.filter(from_file=file, pk__gt=file.written_to).order_by("pk")
    stretch = list(rows.values_list("pk", flat=True)[: lines_a_step()])
    if not stretch:
        return False
    unheard = Invitation.objects.unwritten().filter(
        from_file=file, pk__gt=file.written_to, pk__lte=stretch[-1]
    )
    taken_back = unheard.update(state=Invitation.State.REVOKED, answered_at=timezone.now())
    file.move(State.STOPPED, written_to=stretch[-1], invited=F("invited") - taken_back)
    return True


def mark_uninvited_lines(file: ImportedFile, job: Job) -> bool:
    """Whose line made no invitation that a letter told of was not invited."""
    after, job.place = job.place, job.place + lines_a_step()
    theirs = Invitation.objects.filter(
        program=file.program_id, from_file=file, canonical=OuterRef("canonical")
    )
    told_of = theirs.exclude(state=Invitation.State.REVOKED, letter__isnull=True)
    stretch = file.kept_lines.filter(line__gt=after, line__lte=job.place)
    stretch.filter(~Exists(told_of), verdict=Verdict.NEW).update(verdict=Verdict.STOPPED)
    if job.place < file.read_to:
        return True
    end_stop(file)
    return False


def end_stop(file: ImportedFile) -> None:
    file.move(State.STOPPED, counts=count_verdicts(file), ended_at=timezone.now())
    record_import("invitation.import_ended", file, file.confirmed_by)
