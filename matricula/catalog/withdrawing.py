"""Out of the catalog and back. Who is enrolled goes on; new STARTs stop."""

from django.db import transaction
from django.utils import timezone

from matricula.accounts.models import Account
from matricula.audit.models import record
from matricula.catalog.models import Course, Specialization


@transaction.atomic
def withdraw(*, offered: Course | Specialization, actor: Account | None) -> bool:
    """True when it was in the catalog until now."""
    rows = type(offered).objects.filter(pk=offered.pk, withdrawn_at__isnull=True)
    done = rows.update(withdrawn_at=timezone.now())
    return note("withdrawn", offered, actor) if done else False


@transaction.atomic
def bring_back(*, offered: Course | Specialization, actor: Account | None) -> bool:
    """True when it was out of the catalog until now."""
    rows = type(offered).objects.filter(pk=offered.pk, withdrawn_at__isnull=False)
    return note("brought_back", offered, actor) if rows.update(withdrawn_at=None) else False


def note(verb: str, offered: Course | Specialization, actor: Account | None) -> bool:
    record(
        f"{offered._meta.model_name}.{verb}",
        actor=actor,
        organization=offered.organization_id,
        subject=offered,
        after={"title": offered.title},
    )
    return True
