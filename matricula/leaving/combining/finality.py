"""When nothing can be undone any more: what waited is issued, and what only undo needed is forgotten."""

from django.db import transaction
from django.utils import timezone

from matricula.audit.models import record
from matricula.learning.models import Enrolment, SpecializationEnrolment
from matricula.leaving.combining.borrowed import tell_completed
from matricula.leaving.combining.locks import hold_both, hold_what_is_theirs
from matricula.leaving.models import Combining, CombiningLine

FORGOTTEN = ("accounts_emailaddress", "learning_progress", "learning_lessonnote")
"""Tables whose lines hold addresses, answers and notes."""


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
    tell_completed(Enrolment.objects.filter(account=combining.kept_id))
    tell_completed(SpecializationEnrolment.objects.filter(account=combining.kept_id))
    given_up = held[combining.given_up_id]
    given_up.set_unusable_password()
    given_up.save(update_fields=["password"])
    given_up.second_factors.all().delete()
    given_up.recovery_codes.all().delete()
    CombiningLine.objects.filter(combining=combining, table_name__in=FORGOTTEN).update(before={}, after={})
    record("accounts.combining_final", subject=combining)
