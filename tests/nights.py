"""What the worker does at night."""

from matricula.jobs.jobs import ask_to_forget
from matricula.jobs.models import Job
from matricula.jobs.queue import perform_due


def forget_tonight():
    """All that is kept no longer is gone."""
    ask_to_forget(Job())
    while perform_due():
        pass
