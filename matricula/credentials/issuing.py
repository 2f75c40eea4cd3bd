"""A certificate for each completed course and Specialization, issued once."""

from typing import Any

from django.db.models import Sum
from django.dispatch import receiver

from matricula.audit.models import record
from matricula.catalog.models import Course
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


def minutes_done(enrolment: Enrolment) -> int:
    """Of the lessons that were done, whatever the course is made of today."""
    done = enrolment.progress.filter(done_at__isnull=False)
    return done.aggregate(minutes=Sum("lesson__minutes", default=0))["minutes"]


def minutes_of_courses(enrolment: SpecializationEnrolment) -> int:
    """Of those of its courses that the person completed, as their certificates have it."""
    courses = Course.objects.filter(series__specialization=enrolment.specialization_id)
    rows = Certificate.objects.filter(account=enrolment.account_id, enrolment__course__in=courses)
    return rows.aggregate(total=Sum("minutes", default=0))["total"]


@receiver(course_completed)
def issue_course_certificate(sender: object, enrolment: Enrolment, **_: object) -> None:
    course, account = enrolment.course, enrolment.account
    certificate, new = Certificate.objects.get_or_create(
        enrolment=enrolment,
        defaults={
            "account": account,
            "course": course,
            "minutes": minutes_done(enrolment),
            **copied(course, account),
        },
    )
    if new:
        record("certificate.issued", actor=account, organization=course.organization_id, subject=certificate)


@receiver(specialization_completed)
def issue_specialization_certificate(sender: object, enrolment: SpecializationEnrolment, **_: object) -> None:
    series, account = enrolment.specialization, enrolment.account
    certificate, new = Certificate.objects.get_or_create(
        account=account,
        specialization=series,
        defaults={"minutes": minutes_of_courses(enrolment), **copied(series, account)},
    )
    if new:
        record("certificate.issued", actor=account, organization=series.organization_id, subject=certificate)
