"""What the worker does: combinings that become final, departures whose day is over, deleted accounts
to erase, and files of people's own data."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from matricula.jobs.models import Job
from matricula.jobs.queue import READING, performs_job, recurs
from matricula.jobs.retention import forgets
from matricula.leaving.combining.finality import make_final
from matricula.leaving.data import exports
from matricula.leaving.data.making import make_some
from matricula.leaving.deletion.erasing import erase_some
from matricula.leaving.letters import tell_both
from matricula.leaving.models import Combining, DataExport
from matricula.leaving.offboarding.execution import let_some_leave
from matricula.leaving.offboarding.holding import carry_out_due
from matricula.leaving.offboarding.leavers import (
    JOB,
    KEPT,
    READ_JOB,
    clear_some,
    judge_some,
    read_leavers,
    tell_list_unread,
)
from matricula.leaving.offboarding.models import LeaversFile, LeaversLine
from matricula.leaving.offboarding.program_ends import write_before_ends

REMINDED = timedelta(days=3)
"""Before its end."""
BATCH = 100


@recurs("leaving.reminders", timedelta(hours=1))
def remind(job: Job) -> bool:
    """Once each. True when more are left."""
    soon = timezone.now() + REMINDED
    due = Combining.objects.open().filter(reminded_at__isnull=True, undo_until__lte=soon)
    rows = list(due.order_by("undo_until", "pk")[:BATCH])
    for one in rows:
        with transaction.atomic():
            if due.filter(pk=one.pk).update(reminded_at=timezone.now()):
                tell_both(one, "soon_final")
    return len(rows) == BATCH


@recurs("leaving.final", timedelta(hours=1))
def finish_combinings(job: Job) -> bool:
    """True when more are left."""
    due = Combining.objects.standing().filter(final_at__isnull=True, undo_until__lte=timezone.now())
    rows = list(due.order_by("undo_until", "pk")[:BATCH])
    for one in rows:
        make_final(combining=one)
    return len(rows) == BATCH


@performs_job(exports.JOB, atomic=False, gives_up=exports.fail_export)
def make_data_file(job: Job) -> bool:
    return make_some(job.reference or 0)


@forgets("files of people's own data", exports.KEPT, "they were ready", DataExport)
def forget_data_files(job: Job) -> bool:
    return exports.forget_exports()


@recurs("leaving.erasing", timedelta(hours=1))
def erase_deleted(job: Job) -> bool:
    """True when more are left."""
    return erase_some()


@recurs("leaving.departures", timedelta(hours=1))
def carry_out_departures(job: Job) -> bool:
    """True when more are left."""
    return carry_out_due()


@recurs("leaving.program_ends", timedelta(hours=1))
def write_about_ends(job: Job) -> bool:
    """True when more may be left."""
    return write_before_ends()


@performs_job(READ_JOB, atomic=False, lane=READING, tries=3, gives_up=tell_list_unread)
def read_list(job: Job) -> None:
    rows = LeaversFile.objects.filter(pk=job.reference or 0, state=LeaversFile.State.CHECKING, is_read=False)
    for file in rows.select_related("organization"):
        read_leavers(file)


@performs_job(JOB)
def go_through_list(job: Job) -> bool:
    """True when more lines are left."""
    rows = LeaversFile.objects.select_related("organization", "confirmed_by")
    file = rows.filter(pk=job.reference or 0).first()
    if file and file.state == LeaversFile.State.CHECKING:
        return judge_some(file)
    return let_some_leave(file) if file and file.state == LeaversFile.State.RUNNING else False


@forgets("lines of lists of leavers", KEPT, "the list was carried out or stopped", LeaversLine)
def clear_lists(job: Job) -> bool:
    """Those of a list that was dropped go at once; one that nobody confirms in a week is dropped."""
    return clear_some()
