"""A certificate for each completed course and Specialization, issued once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db.models import Sum

from matricula.accounts.models import EmailAddress
from matricula.audit.models import lines_together, record
from matricula.credentials.models import Certificate
from matricula.learning.models import Enrolment, Progress, SpecializationEnrolment
from matricula.mail.models import Letter
from matricula.organizations.models import Organization

ISSUED = "credentials.issued"
A_FEW = 2
"""A course, and with it a Specialization, are completed by somebody who waits; more at once by a change."""


def address_of(public_id: str) -> str:
    """Where anybody can verify a certificate."""
    return f"{settings.BASE_URL}/certificates/{public_id}/"


def issue_course_certificates(sender: object, enrolments: Sequence[Enrolment], **_: object) -> None:
    """To those who have none of it. Their enrolments are held by whoever completed them."""
    minutes, looks = minutes_of_lessons(enrolments), looks_of(one.course for one in enrolments)
    known = set(Certificate.objects.filter(enrolment__in=enrolments).values_list("enrolment_id", flat=True))
    issue_certificates(
        Certificate(
            enrolment=one,
            account=one.account,
            course=one.course,
            recipient_name=one.account.name_for_certificates,
            title=one.course.title,
            minutes=minutes.get(one.pk, 0),
            **looks[one.course.organization_id],
        )
        for one in enrolments
        if one.pk not in known
    )


def issue_specialization_certificates(
    sender: object, enrolments: Sequence[SpecializationEnrolment], **_: object
) -> None:
    """As for courses: one for each enrolment, and no more."""
    minutes, looks = minutes_of_courses(enrolments), looks_of(one.specialization for one in enrolments)
    titles = titles_of_courses(enrolments)
    rows = Certificate.objects.filter(specialization_enrolment__in=enrolments)
    known = set(rows.values_list("specialization_enrolment_id", flat=True))
    issue_certificates(
        Certificate(
            specialization_enrolment=one,
            account=one.account,
            specialization=one.specialization,
            recipient_name=one.account.name_for_certificates,
            title=one.specialization.title,
            minutes=minutes.get((one.account_id, one.specialization_id), 0),
            courses=titles.get((one.account_id, one.specialization_id), []),
            **looks[one.specialization.organization_id],
        )
        for one in enrolments
        if one.pk not in known
    )


def issue_certificates(certificates: Iterable[Certificate]) -> None:
    """With their lines in the audit log."""
    with lines_together():
        issued = Certificate.objects.bulk_create(certificates)
        for one in issued:
            record("certificate.issued", actor=one.account, organization=one.organization_id, subject=one)
    tell_holders(issued)


def tell_holders(issued: Sequence[Certificate]) -> None:
    """One letter for each, with the work that issued it: what is held back has it when it is issued."""
    addresses = EmailAddress.objects.filter(
        account__in=[one.account_id for one in issued], account__is_active=True, is_primary=True
    )
    reached = dict(addresses.values_list("account_id", "address"))
    Letter.objects.bulk_create(
        Letter(
            kind=ISSUED,
            to=reached[one.account_id],
            language=one.account.language,
            reference=one.pk,
            organization_id=one.organization_id,
            bulk=len(issued) > A_FEW,
        )
        for one in issued
        if one.account_id in reached
    )


def looks_of(subjects: Iterable[Any]) -> dict[int, dict[str, Any]]:
    """By organization: what a certificate shows of it, taken as it stands today."""
    return {one.pk: look_of(one) for one in {one.organization for one in subjects}}


def look_of(organization: Organization) -> dict[str, Any]:
    return {
        "organization": organization,
        "organization_name": organization.name,
        "brand_colour": organization.brand_colour,
        "logo": organization.shown_logo,
        "logo_ratio": organization.logo_ratio,
        "logo_is_pale": organization.logo_is_pale,
        "signatory_name": organization.signatory_name,
        "signatory_role": organization.signatory_role,
        "signature": organization.shown_signature,
        "signature_ratio": organization.signature_ratio,
    }


def minutes_of_lessons(enrolments: Sequence[Enrolment]) -> dict[int, int]:
    """By enrolment: of the lessons that were done, whatever the course is made of today."""
    done = Progress.objects.filter(enrolment__in=enrolments, done_at__isnull=False)
    return dict(done.values_list("enrolment_id").annotate(minutes=Sum("lesson__minutes")))


def titles_of_courses(enrolments: Sequence[SpecializationEnrolment]) -> dict[tuple[int, int], list[str]]:
    """By account and Specialization: its courses that were completed, in its order."""
    of, found = "course__steps__specialization", defaultdict(list)
    rows = Enrolment.objects.filter(
        account__in=[one.account_id for one in enrolments],
        completed_at__isnull=False,
        **{f"{of}__in": {one.specialization_id for one in enrolments}},
    )
    ordered = rows.order_by("course__steps__position", "pk")
    for account, series, title in ordered.values_list("account_id", of, "course__title"):
        found[account, series].append(title)
    return found


def minutes_of_courses(enrolments: Sequence[SpecializationEnrolment]) -> dict[tuple[int, int], int]:
    """By account and Specialization: of its courses that were completed, as their certificates have it."""
    of = "enrolment__course__steps__specialization"
    rows = Certificate.objects.filter(
        account__in=[one.account_id for one in enrolments],
        **{f"{of}__in": {one.specialization_id for one in enrolments}},
    )
    sums = rows.values_list("account_id", of).annotate(total=Sum("minutes"))
    return {(account, series): total for account, series, total in sums}
