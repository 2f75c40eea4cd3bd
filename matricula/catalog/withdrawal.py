"""Out of the catalog and back. Who is enrolled goes on; new STARTs stop."""

from django.db import transaction
from django.utils import timezone

from matricula.accounts.models import Account
from matricula.audit.models import record
from matricula.catalog.models import Course, Specialization
from matricula.catalog.signals import course_taken_out


@transaction.atomic
def withdraw_from_catalog(*, offered: Course | Specialization, actor: Account | None) -> bool:
    """True when it was in the catalog until now. A course is no longer part of any Specialization by it."""
    rows = type(offered).objects.filter(pk=offered.pk, withdrawn_at__isnull=True)
    if not rows.update(withdrawn_at=timezone.now()):
        return False
    if isinstance(offered, Course):
        for shortened in Specialization.objects.filter(steps__course=offered).order_by("pk"):
            course_taken_out.send(Specialization, specialization=shortened)
    return record_withdrawal("withdrawn", offered, actor)


@transaction.atomic
def bring_back_to_catalog(*, offered: Course | Specialization, actor: Account | None) -> bool:
    """True when it was out of the catalog until now."""
    rows = type(offered).objects.filter(pk=offered.pk, withdrawn_at__isnull=False)
    return record_withdrawal("brought_back", offered, actor) if rows.update(withdrawn_at=None) else False


def record_withdrawal(verb: str, offered: Course | Specialization, actor: Account | None) -> bool:
    record(
        f"{offered._meta.model_name}.{verb}",
        actor=actor,
        organization=offered.organization_id,
        subject=offered,
        after={"title": offered.title},
    )
    return True
