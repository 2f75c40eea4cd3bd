"""What the worker does for invitations, and when."""

from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import QuerySet

from matricula.invitations import invitations, reminders, rounds, search_index
from matricula.invitations.imports.checks import (
    check_some,
    read_file,
    refuse_what_is_gone,
    tell_reading_failed,
)
from matricula.invitations.imports.execution import carry_out_some, hand_over_letters
from matricula.invitations.imports.stops import wind_down_some
from matricula.invitations.imports.uploads import JOB, KEPT, READ_JOB, STOP_JOB, TRIES, clear_some
from matricula.invitations.lost_letters import LOOK_FOR, answer_lost_letter
from matricula.invitations.models import (
    ImportedFile,
    ImportedLine,
    Invitation,
    InvitationToken,
    LostLetter,
    Round,
)
from matricula.invitations.settlement import settle_members
from matricula.jobs.models import Job
from matricula.jobs.queue import READING, performs_job, recurs, recurs_nightly
from matricula.jobs.retention import forgets, forgets_rows
from matricula.programs.models import Program

NIGHT = time(3)
STEPS = {ImportedFile.State.CHECKING: check_some, ImportedFile.State.RUNNING: carry_out_some}


@performs_job(READ_JOB, atomic=False, lane=READING, tries=TRIES, gives_up=tell_reading_failed)
def read_some(job: Job) -> None:
    rows = ImportedFile.objects.select_related("program__organization")
    file = rows.filter(pk=job.reference or 0, state=ImportedFile.State.CHECKING, layout={}).first()
    if file:
        read_file(file)


def give_import_up(job: Job) -> None:
    for file in ImportedFile.objects.filter(pk=job.reference or 0, state=ImportedFile.State.CHECKING):
        refuse_what_is_gone(file)


@performs_job(JOB, gives_up=give_import_up)
def import_some(job: Job) -> bool:
    file = ImportedFile.objects.select_related("program__organization").filter(pk=job.reference or 0).first()
    step = STEPS.get(ImportedFile.State(file.state)) if file else None
    return step(file) if step and file else False


@performs_job(STOP_JOB)
def stop_some(job: Job) -> bool:
    stopped = ImportedFile.objects.filter(pk=job.reference or 0, state=ImportedFile.State.STOPPED)
    file = stopped.select_related("program").first()
    return wind_down_some(file, job) if file else False


def forget_lost_letter(job: Job) -> None:
    """Nobody looks for it any more: the address does not stay behind."""
    LostLetter.objects.filter(pk=job.reference or 0).delete()


@performs_job(LOOK_FOR, gives_up=forget_lost_letter)
def look_for_lost_letter(job: Job) -> bool:
    asked = LostLetter.objects.filter(pk=job.reference or 0).first()
    if asked:
        answer_lost_letter(asked)
    return False


@recurs("invitations.letters_of_files", timedelta(seconds=1))
def hand_over(job: Job) -> bool:
    return hand_over_letters()


@recurs_nightly("invitations.members", NIGHT)
def settle_some_members(job: Job) -> bool:
    """Invitations to people who are in the program are answered, in one program a step: such as were made
    before they were looked for. True until all programs are looked at."""
    program = Program.objects.filter(pk__gt=job.place).order_by("pk").first()
    if program is None:
        return False
    settle_members(Invitation.objects.all(), program)
    job.place = program.pk
    return True


def settle_all_members() -> None:
    """The same at once, by command."""
    for program in Program.objects.order_by("pk").iterator():
        with transaction.atomic():
            settle_members(Invitation.objects.all(), program)


@forgets("lines of files of people", KEPT, "the file was carried out or stopped", ImportedLine)
def clear(job: Job) -> bool:
    """Those of a file that was cancelled or refused go at once; one that nobody confirms in a week is
    cancelled."""
    return clear_some()


@forgets_rows("links of invitations that ended", timedelta(days=365), "they ended", InvitationToken)
def ended_links(before: datetime) -> "QuerySet[InvitationToken]":
    """Until then they say what became of them; afterwards they are links that nobody knows."""
    return InvitationToken.objects.filter(ended_at__lt=before)


@forgets_rows("addresses that asked for a lost letter", timedelta(days=1), "they asked", LostLetter)
def lost_letters(before: datetime) -> "QuerySet[LostLetter]":
    """Answering takes a row away; this is for those that could not be answered."""
    return LostLetter.objects.filter(asked_at__lt=before)


@forgets_rows("rounds of letters to all who have not answered", timedelta(days=365), "they ended", Round)
def ended_rounds(before: datetime) -> "QuerySet[Round]":
    return Round.objects.filter(ended_at__lt=before)


@recurs("invitations.expiry", timedelta(minutes=1))
def mark_expired(job: Job) -> bool:
    return invitations.mark_expired()


@recurs("invitations.reminders", timedelta(minutes=10))
def send_reminders(job: Job) -> bool:
    return reminders.send_reminders()


@recurs("invitations.rounds", timedelta(seconds=1))
def write_rounds(job: Job) -> bool:
    return rounds.write_rounds()


@recurs("invitations.search_index", timedelta(seconds=10))
def index_new(job: Job) -> bool:
    return search_index.index_new()


@recurs("invitations.search_index_late", timedelta(minutes=5))
def index_late(job: Job) -> bool:
    return search_index.index_late()


@recurs("invitations.search_index_all", timedelta(days=1))
def index_all(job: Job) -> bool:
    return search_index.index_all()
