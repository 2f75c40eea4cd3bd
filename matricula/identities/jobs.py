"""What the worker does for identities, and when."""

from datetime import timedelta

from matricula.identities.company_sessions import sweep_company_sessions
from matricula.identities.flows import sweep_flows
from matricula.jobs.models import Job
from matricula.jobs.queue import recurs


@recurs("identities.sweep", timedelta(hours=1))
def sweep(job: Job) -> None:
    sweep_flows()
    sweep_company_sessions()
