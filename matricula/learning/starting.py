"""START: an account enters a course or a Specialization."""

from django.db import transaction

from matricula.audit.models import record
from matricula.catalog.models import Course, Specialization
from matricula.learning.models import Enrolment, SpecializationEnrolment
from matricula.programs.models import Membership


@transaction.atomic
def start_course(*, course: Course, membership: Membership) -> Enrolment:
    """The account's enrolment in `course`, with earlier progress if there is any."""
    enrolment, new = Enrolment.objects.get_or_create(
        account=membership.account, course=course, defaults={"membership": membership}
    )
    if not new and enrolment.membership_id != membership.pk:
        Enrolment.objects.filter(pk=enrolment.pk).update(membership=membership)
    if new:
        organization = membership.program.organization_id
        record("course.started", actor=membership.account, organization=organization, subject=enrolment)
    return enrolment


@transaction.atomic
def start_specialization(
    *, specialization: Specialization, membership: Membership
) -> SpecializationEnrolment:
    """Enrol in the series and in its first course."""
    enrolment, _ = SpecializationEnrolment.objects.get_or_create(
        account=membership.account, specialization=specialization
    )
    first = specialization.series.select_related("course").first()
    if first:
        start_course(course=first.course, membership=membership)
    return enrolment
