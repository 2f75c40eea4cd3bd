"""What the worker does for organizations, and when."""

from datetime import timedelta

from matricula.jobs.models import Job
from matricula.jobs.queue import READING, performs_job, recurs
from matricula.organizations import branding, domains


@performs_job(
    branding.DRAW, atomic=False, lane=READING, tries=branding.TRIES, gives_up=branding.tell_drawing_failed
)
def draw_logo_upload(job: Job) -> None:
    branding.draw_logo_upload(job)


@recurs(branding.SWEEP, timedelta(hours=6))
def sweep_logo_uploads(job: Job) -> None:
    branding.sweep_logo_uploads()


@recurs("organizations.domains", timedelta(hours=1), atomic=False)
def check_domains(job: Job) -> bool:
    return domains.check_due_domains()
