"""When nothing can be undone any more: what waited is issued, and what only undo needed is forgotten."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from matricula.audit.models import record
from matricula.learning.models import Enrolment, SpecializationEnrolment
from matricula.learning.signals import courses_completed, specializations_completed
from matricula.leaving.combining.combining import rows_in, united_lines
from matricula.leaving.combining.locks import hold_both, hold_what_is_theirs
from matricula.leaving.models import Combining, CombiningLine

FORGOTTEN = ("accounts_emailaddress", "learning_progress")
"""Tables whose lines hold addresses and answers."""


@transaction.atomic
def make_final(*, combining: Combining) -> None:
    """Certificates of what lessons of both made complete are issued, and nothing opens the account given up.
    Nothing is done when it was undone at this moment."""
    held = hold_both(combining.kept_id, combining.given_up_id)
    now = timezone.now()
    rows = Combining.objects.standing().filter(pk=combining.pk, final_at__isnull=True, undo_until__lte=now)
    if not rows.update(final_at=now):
        return
    hold_what_is_theirs(combining.kept_id, combining.given_up_id)
    issue_what_waited(united_lines(combining))
    given_up = held[combining.given_up_id]
    given_up.set_unusable_password()
    given_up.save(update_fields=["password"])
    given_up.second_factors.all().delete()
    given_up.recovery_codes.all().delete()
    CombiningLine.objects.filter(combining=combining, table_name__in=FORGOTTEN).update(before={}, after={})
    record("accounts.combining_final", subject=combining)


def issue_what_waited(lines: Sequence[tuple[str, int]]) -> None:
    """As if it had been completed now, but with the day it has."""
    courses = Enrolment.objects.filter(pk__in=rows_in(lines, Enrolment), completed_at__isnull=False)
    series = SpecializationEnrolment.objects.filter(
        pk__in=rows_in(lines, SpecializationEnrolment), completed_at__isnull=False
    )
    done = list(courses.select_related("course__organization", "account").order_by("pk"))
    if done:
        courses_completed.send(Enrolment, enrolments=done)
    whole = list(series.select_related("specialization__organization", "account").order_by("pk"))
    if whole:
        specializations_completed.send(SpecializationEnrolment, enrolments=whole)
