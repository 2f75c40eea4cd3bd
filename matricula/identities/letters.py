"""The letter to somebody whose account a company's sign-in was linked with, unasked."""

from django.conf import settings
from django.urls import reverse

from matricula.identities.asserted import LINKED
from matricula.identities.models import Identity
from matricula.mail.composition import LetterContent, composes, plain_words
from matricula.mail.models import Letter
from matricula.organizations.branding import letterhead


@composes(LINKED)
def compose_linked_letter(letter: Letter) -> LetterContent | None:
    """Moot when it has ended meanwhile."""
    rows = Identity.objects.live().filter(pk=letter.reference or 0)
    identity = rows.select_related("connection__organization").first()
    if identity is None:
        return None
    organization = identity.connection.organization
    values = {
        **letterhead(organization),
        "connection": plain_words(identity.connection.name),
        "link": settings.BASE_URL + reverse("company-sign-ins:mine"),
    }
    return LetterContent("identities/email/linked", values, sender_name=plain_words(organization.name))
