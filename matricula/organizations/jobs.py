"""What the worker does for organizations, and when."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from matricula.jobs.models import Job
from matricula.jobs.queue import READING, performs_job, recurs, recurs_nightly
from matricula.jobs.retention import forgets_rows
from matricula.organizations import branding, domains, retention_rules
from matricula.organizations.models import LogoUpload


@performs_job(
    branding.DRAW, atomic=False, lane=READING, tries=branding.TRIES, gives_up=branding.tell_drawing_failed
)
def draw_logo_upload(job: Job) -> None:
    branding.draw_logo_upload(job)


@recurs("organizations.domains", timedelta(hours=1), atomic=False)
def check_domains(job: Job) -> bool:
    return domains.check_due_domains()


@forgets_rows("uploaded logos, as they came", branding.KEPT, "they were uploaded", LogoUpload)
def logo_uploads(before: datetime) -> "QuerySet[LogoUpload]":
    return LogoUpload.objects.filter(uploaded_at__lt=before)


@recurs_nightly("organizations.ask_to_forget", retention_rules.NIGHT)
def ask_to_forget(job: Job) -> None:
    retention_rules.ask_to_forget()


@performs_job(retention_rules.FORGET)
def carry_out_rule(job: Job) -> bool:
    return retention_rules.carry_out_some(job)
