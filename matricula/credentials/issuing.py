"""A certificate for each completed course and Specialization, issued once."""

from typing import Any

from django.dispatch import receiver

from matricula.audit.models import record
from matricula.credentials.models import Certificate
from matricula.learning.models import Enrolment, SpecializationEnrolment
from matricula.learning.signals import course_completed, specialization_completed


def copied(subject: Any, account: Any) -> dict[str, Any]:
    """What a certificate says and how it looks, taken as it stands today."""
    organization = subject.organization
    return {
        "organization": organization,
        "organization_name": organization.name,
        "brand_colour": organization.brand_colour,
        "logo": organization.shown_logo,
        "logo_ratio": organization.logo_ratio,
        "logo_is_pale": organization.logo_is_pale,
        "recipient_name": account.name_for_certificates,
        "title": subject.title,
    }


@receiver(course_completed)
def issue_course_certificate(sender: object, enrolment: Enrolment, **_: object) -> None:
    course, account = enrolment.course, enrolment.account
    certificate, new = Certificate.objects.get_or_create(
        enrolment=enrolment,
        defaults={"account": account, "course": course, "minutes": course.minutes, **copied(course, account)},
    )
    if new:
        record("certificate.issued", actor=account, organization=course.organization_id, subject=certificate)


@receiver(specialization_completed)
def issue_specialization_certificate(sender: object, enrolment: SpecializationEnrolment, **_: object) -> None:
    series, account = enrolment.specialization, enrolment.account
    minutes = sum(one.course.minutes for one in series.series.select_related("course"))
    certificate, new = Certificate.objects.get_or_create(
        account=account, specialization=series, defaults={"minutes": minutes, **copied(series, account)}
    )
    if new:
        record("certificate.issued", actor=account, organization=series.organization_id, subject=certificate)
