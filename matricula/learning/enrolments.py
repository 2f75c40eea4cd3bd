"""START: an account enters a course or a Specialization."""

from django.db import transaction
from django.db.models import Q, QuerySet

from matricula.accounts.mailboxes import hold_live_account
from matricula.audit.models import record
from matricula.catalog.models import Course, Specialization, SpecializationCourse
from matricula.db.queries import insert_once
from matricula.learning.completion import complete_specializations, hold_enrolments
from matricula.learning.models import Enrolment, SpecializationEnrolment
from matricula.learning.openings import go_on_in
from matricula.programs.models import Membership
from matricula.programs.offer import offered_courses


def courses_to_start(membership: Membership) -> QuerySet[Course]:
    """What the program offers, and the courses of a Specialization that was withdrawn after it was started:
    whoever did so goes on with its next course.
    """
    started = SpecializationEnrolment.objects.filter(account=membership.account_id).values("specialization")
    steps = SpecializationCourse.objects.filter(
        specialization__in=started, specialization__programs=membership.program_id
    )
    offered = Q(pk__in=offered_courses(membership.program).values("pk"))
    return Course.objects.offered().filter(offered | Q(pk__in=steps.values("course")))


@transaction.atomic(savepoint=False)
def start_course(*, course: Course, membership: Membership) -> Enrolment:
    """The account's enrolment in `course`, with earlier progress if there is any.

    It counts for the program where it was started. Pressed again in another it changes nothing, unless the
    course has to be gone on with there: then it counts for that one as well. Raises AccountCombined.
    """
    hold_live_account(membership.account_id)
    enrolment = Enrolment(account=membership.account, course=course, membership=membership)
    if insert_once(enrolment):
        organization = membership.program.organization_id
        record("course.started", actor=membership.account, organization=organization, subject=enrolment)
        return enrolment
    own = Enrolment.objects.select_related("membership__program", "resumed_in__program")
    enrolment = own.get(account=membership.account, course=course)
    go_on_in(membership, enrolment)
    return enrolment


@transaction.atomic
def start_specialization(
    *, specialization: Specialization, membership: Membership
) -> SpecializationEnrolment:
    """Enrol in the series and in its first course that is not completed; with none left it is complete.

    Held first are its courses that are under way: the last of them may be completed at this moment, by
    somebody who does not see this enrolment yet.
    """
    hold_live_account(membership.account_id)
    enrolment, _ = SpecializationEnrolment.objects.get_or_create(
        account=membership.account, specialization=specialization
    )
    offered = specialization.steps.filter(course__withdrawn_at__isnull=True)
    own = Enrolment.objects.filter(account=membership.account)
    hold_enrolments(own.filter(course__in=offered.values("course")))
    left = offered.exclude(course__in=own.filter(completed_at__isnull=False).values("course"))
    first = left.select_related("course").first()
    if first:
        start_course(course=first.course, membership=membership)
    else:
        complete_specializations(SpecializationEnrolment.objects.filter(pk=enrolment.pk))
    return enrolment
