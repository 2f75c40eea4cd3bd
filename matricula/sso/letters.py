from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from matricula.identities.models import ConnectionKey
from matricula.mail.composition import LetterContent, composes, plain_words
from matricula.mail.models import Letter
from matricula.organizations.branding import letterhead
from matricula.sso.certificates import ENDING, ending_certificates


@composes(ENDING)
def compose_ending_letter(letter: Letter) -> LetterContent | None:
    """Moot when it got a successor or was retired meanwhile, or the connection was switched off."""
    rows = ending_certificates(timezone.now()).filter(pk=letter.reference or 0)
    key: ConnectionKey | None = rows.select_related("connection__organization").first()
    if key is None:
        return None
    connection = key.connection
    organization = connection.organization
    page = reverse("sign-in:certificates", args=[organization.slug, connection.public_id])
    with organization.calendar():
        day = date_format(timezone.localtime(key.ends_at), "DATE_FORMAT")
    values = {
        **letterhead(organization),
        "connection": plain_words(connection.name),
        "day": day,
        "link": settings.BASE_URL + page,
    }
    return LetterContent("sso/email/certificate_ends", values, sender_name=plain_words(organization.name))
