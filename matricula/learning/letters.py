"""The letter to whoever was away for long, before they leave."""

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format

from matricula.db.days import day_there
from matricula.learning.retention import AWAY
from matricula.mail.composition import LetterContent, composes, plain_words
from matricula.mail.models import Letter
from matricula.organizations.branding import letterhead
from matricula.organizations.models import Affiliation


@composes(AWAY)
def compose_away_letter(letter: Letter) -> LetterContent | None:
    """Moot for whoever is back."""
    rows = Affiliation.objects.live().filter(pk=letter.reference or 0, leaving_at__isnull=False)
    tie = rows.select_related("organization").first()
    if tie is None or tie.leaving_at is None:
        return None
    organization = tie.organization
    values = {
        "day": date_format(day_there(tie.leaving_at, organization.time_zone), "DATE_FORMAT"),
        "link": settings.BASE_URL + reverse("accounts:sign-in"),
        **letterhead(organization),
    }
    return LetterContent("learning/email/away", values, sender_name=plain_words(organization.name))
