"""START: an account enters a course or a Specialization."""

from django.db import transaction

from matricula.audit.models import record
from matricula.catalog.models import Course, Specialization
from matricula.learning.completing import complete_series
from matricula.learning.models import Enrolment, SpecializationEnrolment
from matricula.programs.models import Membership
from matricula.web.inserting import insert_once


@transaction.atomic(savepoint=False)
def start_course(*, course: Course, membership: Membership) -> Enrolment:
    """The account's enrolment in `course`, with earlier progress if there is any."""
    enrolment = Enrolment(account=membership.account, course=course, membership=membership)
    if insert_once(enrolment):
        organization = membership.program.organization_id
        record("course.started", actor=membership.account, organization=organization, subject=enrolment)
        return enrolment
    enrolment = Enrolment.objects.get(account=membership.account, course=course)
    if enrolment.membership_id != membership.pk:
        Enrolment.objects.filter(pk=enrolment.pk).update(membership=membership)
    return enrolment


@transaction.atomic
def start_specialization(
    *, specialization: Specialization, membership: Membership
) -> SpecializationEnrolment:
    """Enrol in the series and in its first course that is not completed; with none left it is complete."""
    enrolment, _ = SpecializationEnrolment.objects.get_or_create(
        account=membership.account, specialization=specialization
    )
    completed = Enrolment.objects.filter(account=membership.account, completed_at__isnull=False)
    offered = specialization.series.filter(course__withdrawn_at__isnull=True).select_related("course")
    left = offered.exclude(course__in=completed.values("course"))
    first = left.first()
    if first:
        start_course(course=first.course, membership=membership)
    else:
        complete_series(SpecializationEnrolment.objects.filter(pk=enrolment.pk))
    return enrolment
