"""What credentials does when other rooms tell of something."""

from django.db.models.signals import post_delete

from matricula.credentials import certificates, pdf
from matricula.credentials.models import Certificate
from matricula.learning.signals import courses_completed, specializations_completed

courses_completed.connect(certificates.issue_course_certificates)
post_delete.connect(pdf.forget_with, sender=Certificate)
specializations_completed.connect(certificates.issue_specialization_certificates)
