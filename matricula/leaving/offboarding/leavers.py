"""A list of leavers: handed in, read in a process with limits, judged some lines a step, and confirmed."""

import io
import secrets
import time
from collections.abc import Iterable
from datetime import timedelta
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from matricula.accounts.models import Account
from matricula.audit.models import record
from matricula.invitations.imports.uploads import printable, write_upload
from matricula.jobs.models import Job
from matricula.jobs.queue import enqueue
from matricula.leaving.errors import LeaversSettled
from matricula.leaving.offboarding.models import LeaversFile, LeaversLine
from matricula.leaving.rehearsal.judging import LINES_AT_ONCE, Verdict, judge_rows
from matricula.organizations.models import Organization
from matricula.peoplefile import Choices, Layout, Role, recognise
from matricula.peoplefile.digest import digest_apart, read_line
from matricula.peoplefile.errors import FileRefused
from matricula.peoplefile.kept_records import copy_of
from matricula.peoplefile.limits import refusal

READ_JOB, JOB = "leaving.read_leavers", "leaving.leavers"
KEPT = timedelta(days=30)
"""How long what became of each line can be downloaded."""
UNANSWERED = timedelta(days=7)
"""How long a list waits for somebody to confirm it."""
STRAY_SECONDS = 24 * 3600
LONGEST = 254
FIRST_COLUMN = Choices(columns={0: Role.EMAIL})
NO_ADDRESSES = "no_address_column"
"""Why a list of external ids is refused, unless somebody says which column they are in."""
FORGOTTEN_AT_ONCE = 5_000
State = LeaversFile.State


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "leavers"


def upload_place(file: LeaversFile) -> Path:
    return folder() / file.stored_as


def digest_place(file: LeaversFile) -> Path:
    return folder() / f"{file.stored_as}.lines"


def hand_in_leavers(
    *, organization: Organization, name: str, content: Iterable[bytes], actor: Account | None
) -> LeaversFile:
    """Raises FileRefused for what is no list of people."""
    place = folder() / secrets.token_urlsafe(24)
    try:
        write_upload(place, content)
        recognise(place)
        with transaction.atomic():
            file = LeaversFile.objects.create(
                organization=organization,
                name=printable(name)[-200:],
                stored_as=place.name,
                handed_in_by=actor,
            )
            have_list_read(file)
    except BaseException:
        place.unlink(missing_ok=True)
        raise
    return file


def pasted(text: str) -> Iterable[bytes]:
    """As a file of one column, whatever stands between addresses or ids."""
    names = [one.strip() for one in text.replace(",", "\n").replace(";", "\n").splitlines()]
    lines = "\n".join(['"e-mail"', *('"' + one.replace('"', "") + '"' for one in names if one)])
    return io.BytesIO(f"{lines}\n".encode())


def have_list_read(file: LeaversFile) -> None:
    queue = f"files of {file.organization_id}"
    enqueue(READ_JOB, reference=file.pk, queue=queue, organization=file.organization_id)


def read_leavers(file: LeaversFile) -> None:
    """Raises ReaderKilled."""
    try:
        layout, is_asked = layout_of(file)
    except FileRefused as fault:
        refuse_list(file, fault)
        return
    with transaction.atomic():
        if is_asked:
            file.move(State.CHECKING, state=State.CHECKED, layout=layout.kept())
        elif file.move(State.CHECKING, layout={}, is_read=True):
            enqueue(JOB, reference=file.pk, organization=file.organization_id)


def layout_of(file: LeaversFile) -> tuple[Layout, bool]:
    """How it is read, and whether somebody has to choose the column. Of a list without addresses the only
    column says who leaves, whatever is in it. Raises FileRefused, ReaderKilled."""
    place, digest, choices = upload_place(file), digest_place(file), Choices.of(file.choices)
    try:
        layout = digest_apart(place, choices, digest)
        asked = bool(layout.undecided)
    except FileRefused as fault:
        if fault.code != NO_ADDRESSES or choices.columns:
            raise
        layout, asked = digest_apart(place, FIRST_COLUMN, digest), True
    if asked and len(layout.columns) == 1:
        return digest_apart(place, FIRST_COLUMN, digest), False
    return layout, asked


def choosable_columns(file: LeaversFile) -> list[tuple[int, str, tuple[str, ...]]]:
    """Of a list whose column somebody has to choose: each from 1, with its heading and first cells."""
    if not file.layout:
        return []
    return [
        (at, one.heading, one.samples)
        for at, one in enumerate(Layout.of(file.layout).columns, 1)
        if one.role is not Role.SECRET
    ]


@transaction.atomic
def choose_column(*, file: LeaversFile, number: int) -> None:
    """Raises LeaversSettled."""
    choices = Choices(columns={number - 1: Role.EMAIL}).kept()
    news = {"state": State.CHECKING, "choices": choices, "layout": {}}
    if not file.layout or not file.move(State.CHECKED, **news):
        raise LeaversSettled
    have_list_read(file)


def tell_list_unread(job: Job) -> None:
    for file in LeaversFile.objects.filter(pk=job.reference or 0, state=State.CHECKING):
        refuse_list(file, refusal("takes_too_long"))


def refuse_list(file: LeaversFile, fault: FileRefused) -> None:
    news = {"state": State.REFUSED, "code": fault.code, "refused_line": fault.line}
    if file.move(State.CHECKING, **news, ended_at=timezone.now()):
        let_go(file)


def judge_some(file: LeaversFile) -> bool:
    """The next lines; True while more is left. Undone where somebody cancelled the list meanwhile."""
    try:
        with digest_place(file).open("rb") as digest:
            digest.seek(file.offset)
            rows = [read_line(one) for one in islice(digest, LINES_AT_ONCE)]
            offset = digest.tell()
    except (FileRefused, FileNotFoundError):
        refuse_list(file, refusal("unreadable"))
        return False
    judged = list(judge_rows(file.organization, rows))
    ties = {one.tie for one in judged if one.tie}
    before = set(file.kept_lines.filter(tie__in=ties).values_list("tie", flat=True))
    with transaction.atomic():
        LeaversLine.objects.bulk_create(
            LeaversLine(
                file=file,
                line=one.line,
                named=one.named[:LONGEST],
                verdict=Verdict.TWICE if one.tie in before else one.verdict,
                why=one.why,
                tie=one.tie,
            )
            for one in judged
        )
        if not file.move(State.CHECKING, offset=offset, lines=file.lines + len(rows)):
            transaction.set_rollback(True)
            return False
    if len(rows) == LINES_AT_ONCE:
        return True
    file.move(State.CHECKING, state=State.CHECKED, counts=count_verdicts(file))
    let_go(file)
    return False


def count_verdicts(file: LeaversFile) -> dict[str, int]:
    return dict(file.kept_lines.values_list("verdict").annotate(Count("line")))


def let_go(file: LeaversFile) -> None:
    """Nobody reads it any more: what it says is kept, line by line."""
    transaction.on_commit(lambda: remove_upload(file))


def remove_upload(file: LeaversFile) -> None:
    for place in (upload_place(file), copy_of(upload_place(file)), digest_place(file)):
        place.unlink(missing_ok=True)


@transaction.atomic
def confirm_leavers(*, file: LeaversFile, holds: bool, actor: Account | None) -> None:
    """Have it carried out, once. Raises LeaversSettled."""
    news = {"state": State.RUNNING, "holds": holds, "confirmed_by": actor, "confirmed_at": timezone.now()}
    if file.layout or not file.move(State.CHECKED, **news):
        raise LeaversSettled
    enqueue(JOB, reference=file.pk, organization=file.organization_id)
    record_leavers("leavers.confirmed", file, actor)


@transaction.atomic
def cancel_leavers(*, file: LeaversFile, actor: Account | None) -> None:
    """Nobody leaves by it. Raises LeaversSettled."""
    now = timezone.now()
    if not file.move(State.CHECKING, State.CHECKED, state=State.CANCELLED, layout={}, ended_at=now):
        raise LeaversSettled
    let_go(file)
    record_leavers("leavers.cancelled", file, actor)


@transaction.atomic
def stop_leavers(*, file: LeaversFile, actor: Account | None) -> None:
    """From this moment on; the step that is at work is undone. Raises LeaversSettled."""
    if not file.move(State.RUNNING, state=State.STOPPED, ended_at=timezone.now()):
        raise LeaversSettled
    record_leavers("leavers.stopped", file, actor)


def record_leavers(verb: str, file: LeaversFile, actor: Account | None) -> None:
    told = {"file": file.name, "lines": file.lines, **file.counts, "outcomes": file.outcomes}
    record(verb, actor=actor, organization=file.organization_id, subject=file, after=told)


def clear_some() -> bool:
    """Forget some lines, or uploads that nobody reads. True while more is left."""
    now = timezone.now()
    LeaversFile.objects.filter(state=State.CHECKED, created_at__lt=now - UNANSWERED).update(
        state=State.CANCELLED, layout={}, ended_at=now
    )
    dropped = Q(state__in=(State.CANCELLED, State.REFUSED)) | Q(
        state__in=(State.DONE, State.STOPPED), ended_at__lt=now - KEPT
    )
    file = LeaversFile.objects.filter(dropped, lines__gt=0).order_by("pk").first()
    if file is None:
        forget_uploads()
        return False
    some = list(file.kept_lines.order_by("line").values_list("line", flat=True)[:FORGOTTEN_AT_ONCE])
    file.kept_lines.filter(line__in=some).delete()
    if len(some) < FORGOTTEN_AT_ONCE:
        LeaversFile.objects.filter(pk=file.pk).update(lines=0)
    return True


def forget_uploads() -> None:
    unconfirmed = LeaversFile.objects.filter(state__in=(State.CHECKING, State.CHECKED))
    wanted = set(unconfirmed.values_list("stored_as", flat=True))
    before = time.time() - STRAY_SECONDS
    for place in folder().glob("*"):
        if place.name.partition(".")[0] not in wanted and place.stat().st_mtime < before:
            place.unlink(missing_ok=True)
