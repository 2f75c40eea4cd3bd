"""What the worker does for joining."""

from matricula.jobs.models import Job
from matricula.jobs.queue import performs_job
from matricula.joining.models import RequestByAddress
from matricula.joining.requests import LOOK_FOR, answer_by_address


def forget_request(job: Job) -> None:
    """Nobody looks for it any more: the address does not stay behind."""
    RequestByAddress.objects.filter(pk=job.reference or 0).delete()


@performs_job(LOOK_FOR, gives_up=forget_request)
def look_whom_to_ask(job: Job) -> bool:
    asked = RequestByAddress.objects.filter(pk=job.reference or 0).first()
    if asked:
        answer_by_address(asked)
    return False
