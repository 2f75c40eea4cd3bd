"""What the worker does for mail, and when."""

from matricula.jobs.models import Job
from matricula.jobs.queue import recurs
from matricula.mail import bounces


@recurs("mail.bounces", bounces.INTERVAL, atomic=False)
def read_bounces(job: Job) -> bool:
    return bounces.read_bounces()
