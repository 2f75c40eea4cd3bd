"""What the worker does for invitations, and when."""

from datetime import time, timedelta

from django.db import transaction

from matricula.invitations import invitations, reminders, rounds, search_index
from matricula.invitations.imports.checks import check_some
from matricula.invitations.imports.execution import carry_out_some, hand_over_letters
from matricula.invitations.imports.stops import wind_down_some
from matricula.invitations.imports.uploads import JOB, STOP_JOB, clear_some
from matricula.invitations.lost_letters import LOOK_FOR, answer_lost_letter
from matricula.invitations.models import ImportedFile, Invitation, LostLetter
from matricula.invitations.settlement import settle_members
from matricula.jobs.models import Job
from matricula.jobs.queue import performs_job, recurs, recurs_nightly
from matricula.programs.models import Program

NIGHT = time(3)
STEPS = {ImportedFile.State.CHECKING: check_some, ImportedFile.State.RUNNING: carry_out_some}


@performs_job(JOB)
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


@recurs("invitations.sweep_files", timedelta(hours=6))
def clear(job: Job) -> bool:
    return clear_some()


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
