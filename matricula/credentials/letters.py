"""The letter that a certificate is there."""

from django.conf import settings
from django.urls import reverse

from matricula.credentials.certificates import ISSUED
from matricula.credentials.models import Certificate
from matricula.mail.composition import LetterContent, composes, plain_words
from matricula.mail.models import Letter
from matricula.organizations.branding import letterhead


@composes(ISSUED)
def compose_issued_letter(letter: Letter) -> LetterContent | None:
    """Moot where the certificate, or the organization, went meanwhile."""
    rows = Certificate.objects.select_related("organization").filter(pk=letter.reference or 0)
    certificate = rows.first()
    if certificate is None or certificate.organization is None:
        return None
    organization = certificate.organization
    values = {
        **letterhead(organization),
        "title": plain_words(certificate.title, 200),
        "name": plain_words(certificate.recipient_name, 200),
        "link": settings.BASE_URL + reverse("credentials:certificate", args=[certificate.public_id]),
    }
    return LetterContent("credentials/email/issued", values, sender_name=plain_words(organization.name))
