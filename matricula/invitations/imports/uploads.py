"""Handing in a file of people to invite: kept under a random name, served to nobody, read by a job."""

import os
import secrets
import time
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from matricula.accounts.models import Account
from matricula.audit.models import record
from matricula.invitations.errors import ColumnsUndecided, NotToConfirm
from matricula.invitations.imports.lines import lines_a_step
from matricula.invitations.models import ImportedFile, ImportedLine, Invitation
from matricula.jobs.models import Job
from matricula.jobs.queue import enqueue, try_again
from matricula.peoplefile import MOST_BYTES, Choices, recognise
from matricula.peoplefile.kept_records import copy_of
from matricula.peoplefile.limits import refusal
from matricula.programs.errors import ProgramEnded
from matricula.programs.models import Program
from matricula.programs.terms import NO_TERMS, Terms

READ_JOB, JOB, STOP_JOB = "invitations.read_file", "invitations.import", "invitations.stop_import"
TRIES = 3
"""Of reading a file, when its reader was killed."""
State = ImportedFile.State


def upload_folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "imports"


def upload_place(file: ImportedFile) -> Path:
    return upload_folder() / file.stored_as


def digest_place(file: ImportedFile) -> Path:
    """What its lines say, while they are kept one after the other."""
    return upload_folder() / f"{file.stored_as}.lines"


def kept_upload(file: ImportedFile) -> Path:
    """Where it lies: as it came, or the copy without secrets that took its place."""
    copy = copy_of(upload_place(file))
    return copy if copy.exists() else upload_place(file)


def have_read(file: ImportedFile) -> None:
    """By the worker, one file of an organization at a time."""
    organization = file.program.organization_id
    enqueue(READ_JOB, reference=file.pk, queue=f"files of {organization}", organization=organization)


def hand_in_file(
    *,
    program: Program,
    name: str,
    content: Iterable[bytes],
    actor: Account | None,
    terms: Terms = NO_TERMS,
    choices: Choices | None = None,
) -> ImportedFile:
    """Keep a file and have it checked; of the `terms` a file keeps those that hold for all its lines.

    How it is read is found out, save for `choices`.

    Raises FileRefused for what is no list of people, ProgramEnded.
    """
    if program.has_ended:
        raise ProgramEnded
    stored_as = secrets.token_urlsafe(24)
    place = upload_folder() / stored_as
    try:
        write_upload(place, content)
        recognise(place)
        return have_checked(
            ImportedFile(
                program=program,
                name=printable(name)[-200:],
                stored_as=stored_as,
                handed_in_by=actor,
                choices=(choices or Choices()).kept(),
            ),
            terms.with_language_of(program.organization),
        )
    except BaseException:
        place.unlink(missing_ok=True)
        raise


def printable(name: str) -> str:
    """A file's name as it is shown and kept, whatever bytes it is on the disk of whoever sent it."""
    return "".join(letter if letter.isprintable() else "?" for letter in name)


def write_upload(place: Path, content: Iterable[bytes]) -> None:
    """Safe on the disk before anybody is told. Raises FileRefused for what is too large."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("xb") as kept:
        for piece in content:
            kept.write(piece)
            if kept.tell() > MOST_BYTES:
                raise refusal("too_large")
        kept.flush()
        os.fsync(kept.fileno())


@transaction.atomic
def have_checked(file: ImportedFile, terms: Terms) -> ImportedFile:
    terms.save_with(file)
    have_read(file)
    return file


@transaction.atomic
def read_anew(*, file: ImportedFile, choices: Choices) -> None:
    """Have a checked file checked once more, read as `choices` say. Raises NotToConfirm."""
    news = {"choices": choices.kept(), "readings": file.readings + 1}
    if not file.may_be_read_anew or not file.move(State.CHECKED, state=State.CHECKING, **UNREAD, **news):
        raise NotToConfirm
    have_read(file)


UNREAD: dict[str, object] = {"layout": {}, "read_to": 0, "lines": 0, "counts": {}, "left_out": {}}


@transaction.atomic
def confirm_file(*, file: ImportedFile, actor: Account | None) -> None:
    """Have a checked file carried out, once, as it was read when `file` was.

    Raises NotToConfirm, ColumnsUndecided, ProgramEnded.
    """
    if file.program.has_ended:
        raise ProgramEnded
    if file.state == State.CHECKED and file.undecided:
        raise ColumnsUndecided
    news = {"confirmed_by": actor, "confirmed_at": timezone.now(), "written_to": newest_invitation()}
    told = {"layout": file.without_samples(), "owes_letters": True}
    if not file.move(State.CHECKED, state=State.RUNNING, **told, **news):
        raise NotToConfirm
    enqueue(JOB, reference=file.pk, organization=file.program.organization_id)
    record_import("invitation.import_confirmed", file, actor)
    let_go(file)


def let_go(file: ImportedFile) -> None:
    """What was uploaded, once nobody reads it any more."""
    transaction.on_commit(lambda: remove_upload(file))


def remove_upload(file: ImportedFile) -> None:
    for place in (upload_place(file), copy_of(upload_place(file)), digest_place(file)):
        place.unlink(missing_ok=True)


def is_stuck(file: ImportedFile) -> bool:
    """Its job met a fault again and again and waits for somebody to say go on."""
    failed = Job.objects.filter(kind=job_of(file), reference=file.pk, state=Job.State.FAILED)
    return file.state in (State.CHECKING, State.RUNNING, State.STOPPED) and failed.exists()


def job_of(file: ImportedFile) -> str:
    """The one that is at work on it."""
    if file.state == State.STOPPED:
        return STOP_JOB
    return READ_JOB if file.state == State.CHECKING and not file.layout else JOB


def resume_import(file: ImportedFile) -> bool:
    """From the line after the last one done. False when it goes on already."""
    return try_again(kind=job_of(file), reference=file.pk)


def newest_invitation() -> int:
    """Those of a file that is confirmed now come after it."""
    return Invitation.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


@transaction.atomic
def cancel_file(*, file: ImportedFile, actor: Account | None) -> bool:
    """Nobody is invited from it. False when it was confirmed, or ended otherwise."""
    now = timezone.now()
    # While it is read anew, lines of the last reading may be left: with one to count they are forgotten too.
    lines = file.lines or min(file.readings, 1)
    news = {"state": State.CANCELLED, "layout": {}, "lines": lines, "ended_at": now}
    done = file.move(State.CHECKING, State.CHECKED, **news)
    if done:
        let_go(file)
        record_import("invitation.import_cancelled", file, actor)
    return done


def record_import(verb: str, file: ImportedFile, actor: Account | None) -> None:
    told = {"file": file.name, "lines": file.lines, **file.counts}
    record(verb, actor=actor, organization=file.program.organization_id, subject=file, after=told)


KEPT = timedelta(days=30)
"""How long the result of a file can be downloaded."""
UNANSWERED = timedelta(days=7)
"""How long a checked file waits for somebody to confirm it."""
STRAY_SECONDS = 24 * 3600


def clear_some() -> bool:
    """Forget some lines, or stray uploads. True while more is left."""
    now = timezone.now()
    ImportedFile.objects.filter(state=State.CHECKED, created_at__lt=now - UNANSWERED).update(
        state=State.CANCELLED, layout={}, ended_at=now
    )
    dropped = Q(state__in=(State.CANCELLED, State.REFUSED)) | Q(
        state__in=(State.DONE, State.STOPPED), ended_at__lt=now - KEPT
    )
    for file in ImportedFile.objects.filter(dropped, lines__gt=0).order_by("pk")[:1]:
        return forget_some(file)
    forget_uploads()
    return False


def forget_some(file: ImportedFile) -> bool:
    first = file.kept_lines.order_by("line").values_list("line", flat=True).first()
    if first is None:
        ImportedFile.objects.filter(pk=file.pk).update(lines=0)
    else:
        ImportedLine.objects.filter(file=file, line__lt=first + lines_a_step()).delete()
    return True


def forget_uploads() -> None:
    """Those of a file that is still to be read, or may be read anew, stay."""
    unconfirmed = ImportedFile.objects.filter(state__in=(State.CHECKING, State.CHECKED))
    wanted = set(unconfirmed.values_list("stored_as", flat=True))
    before = time.time() - STRAY_SECONDS
    for place in upload_folder().glob("*"):
        if place.name.partition(".")[0] not in wanted and place.stat().st_mtime < before:
            place.unlink(missing_ok=True)
