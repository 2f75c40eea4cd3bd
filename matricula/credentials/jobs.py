"""What the worker does for credentials, and when."""

from datetime import time

from matricula.credentials import pdf
from matricula.jobs.models import Job
from matricula.jobs.queue import recurs_nightly


@recurs_nightly("credentials.forget_pdfs", time(3, 30))
def forget_some(job: Job) -> bool:
    return pdf.forget_some(job)
