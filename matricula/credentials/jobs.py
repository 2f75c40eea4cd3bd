"""What the worker does for credentials, and when."""

from matricula.credentials import pdf
from matricula.jobs.models import Job
from matricula.jobs.retention import forgets


@forgets("PDFs of certificates, which are made again when asked for", pdf.KEPT, "they were asked for last")
def forget_some(job: Job) -> bool:
    return pdf.forget_some(job)
