"""What joining has done for later."""

from datetime import time, timedelta

from django.db import transaction

from matricula.jobs.models import Job
from matricula.jobs.performing import every, nightly, performs
from matricula.joining.importing.carrying_out import carry_out_some
from matricula.joining.importing.checking import check_some
from matricula.joining.importing.clearing import clear_some
from matricula.joining.importing.handing_in import JOB, STOP_JOB
from matricula.joining.importing.handing_over import hand_over_letters
from matricula.joining.importing.models import ImportedFile
from matricula.joining.importing.stopping import wind_down_some
from matricula.joining.models import Invitation
from matricula.joining.settlement import settle_members
from matricula.programs.models import Program

NIGHT = time(3)
STEPS = {ImportedFile.State.CHECKING: check_some, ImportedFile.State.RUNNING: carry_out_some}


@performs(JOB)
def import_some(job: Job) -> bool:
    file = ImportedFile.objects.select_related("program__organization").filter(pk=job.reference or 0).first()
    step = STEPS.get(ImportedFile.State(file.state)) if file else None
    return step(file) if step and file else False


@performs(STOP_JOB)
def stop_some(job: Job) -> bool:
    stopped = ImportedFile.objects.filter(pk=job.reference or 0, state=ImportedFile.State.STOPPED)
    file = stopped.select_related("program").first()
    return wind_down_some(file, job) if file else False


@every("joining.letters_of_files", timedelta(seconds=1))
def hand_over(job: Job) -> bool:
    return hand_over_letters()


@nightly("joining.members", NIGHT)
def settle_some_members(job: Job) -> bool:
    """Invitations to who is in the program already are answered, in one program a step: such as were made
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


@every("joining.clear_files", timedelta(hours=6))
def clear(job: Job) -> bool:
    return clear_some()
