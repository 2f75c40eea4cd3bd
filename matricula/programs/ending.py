"""Programs whose last day is over."""

from datetime import timedelta

from matricula.jobs.models import Job
from matricula.jobs.performing import every
from matricula.programs.membership import end_membership
from matricula.programs.models import Membership, not_ended

BATCH = 200


@every("programs.end", timedelta(hours=1))
def end_memberships(job: Job | None = None) -> bool:
    """Everybody still in a program that has ended leaves it, some at a time. True when more are left.

    The courses closed with the day itself: this frees the seats and detaches the work e-mails.
    """
    over = Membership.objects.active().exclude(not_ended("program__")).select_related("program")
    batch = list(over.order_by("pk")[:BATCH])
    for membership in batch:
        end_membership(membership=membership, actor=None, state=Membership.State.LEFT)
    return len(batch) == BATCH
