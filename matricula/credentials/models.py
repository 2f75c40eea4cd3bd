"""Certificates. What they say is copied in at issue, so that they outlive the company and the course."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from matricula.catalog.models import Course, Specialization
from matricula.db.public_ids import public_id_field
from matricula.learning.models import Enrolment, SpecializationEnrolment
from matricula.organizations.models import Logo, Organization

NO_BRAND = "#12544e"
LATEST_DESIGN = 2
"""Of those in designs/: what is issued today is drawn by it."""


class Certificate(models.Model):
    """A Course Certificate or a Specialization Certificate.

    It is a document: names, colour and logo are those of the day it was issued. The picture is kept by
    reference; as long as a certificate shows it, the database does not let it go.
    """

    public_id = public_id_field()
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="certificates"
    )
    enrolment = models.OneToOneField(
        Enrolment, null=True, on_delete=models.PROTECT, related_name="certificate"
    )
    specialization_enrolment = models.OneToOneField(
        SpecializationEnrolment, null=True, on_delete=models.PROTECT, related_name="certificate"
    )
    """What it was issued for is this or `enrolment`. Of two that one person brings together, both stay."""
    course = models.ForeignKey(Course, null=True, on_delete=models.SET_NULL, related_name="certificates")
    specialization = models.ForeignKey(
        Specialization, null=True, on_delete=models.SET_NULL, related_name="certificates"
    )
    organization = models.ForeignKey(
        Organization, null=True, on_delete=models.SET_NULL, related_name="certificates"
    )
    recipient_name = models.CharField(max_length=200)
    title = models.CharField(max_length=200)
    organization_name = models.CharField(max_length=200)
    brand_colour = models.CharField(max_length=7, default=NO_BRAND)
    logo = models.ForeignKey(Logo, null=True, on_delete=models.PROTECT, related_name="+")
    logo_ratio = models.FloatField(default=1)
    logo_is_pale = models.BooleanField(default=False)
    signatory_name = models.CharField(max_length=200, blank=True)
    signatory_role = models.CharField(max_length=200, blank=True)
    signature = models.ForeignKey(Logo, null=True, on_delete=models.PROTECT, related_name="+")
    signature_ratio = models.FloatField(default=1)
    courses = models.JSONField(default=list)
    """Of a Specialization: the titles of those that were completed, in order."""
    minutes = models.PositiveIntegerField(default=0)
    design = models.PositiveSmallIntegerField(default=LATEST_DESIGN, db_default=1)
    """How it is drawn, for ever; what was issued before there was a second has the first."""
    issued_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(enrolment__isnull=True) | Q(specialization_enrolment__isnull=True),
                name="a_certificate_is_of_one_enrolment",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def logo_width(self) -> int:
        """In percent of its height."""
        return round(100 * self.logo_ratio)

    @property
    def signature_width(self) -> int:
        """In percent of its height."""
        return round(100 * self.signature_ratio)

    @property
    def is_of_specialization(self) -> bool:
        return self.specialization_enrolment_id is not None


class WithdrawnCertificate(models.Model):
    """What is left of a certificate whose holder deleted their account: that there was one."""

    public_id = models.CharField(max_length=22, unique=True)
    withdrawn_at = models.DateTimeField()
