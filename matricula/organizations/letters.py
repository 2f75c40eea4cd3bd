from django.conf import settings
from django.urls import reverse

from matricula.mail.composition import LetterContent, composes, plain_words
from matricula.mail.models import Letter
from matricula.organizations.branding import letterhead
from matricula.organizations.domains import LOST
from matricula.organizations.models import Domain, Organization
from matricula.organizations.retention_rules import CHANGED


@composes(LOST)
def compose_lost_domain_letter(letter: Letter) -> LetterContent | None:
    """Moot when it was proven again meanwhile, or taken off the list."""
    rows = Domain.objects.filter(pk=letter.reference or 0, lost_at__isnull=False)
    domain = rows.select_related("organization").first()
    if domain is None:
        return None
    organization = domain.organization
    page = reverse("console:domain", args=[organization.slug, domain.public_id])
    values = {
        **letterhead(organization),
        "domain": domain.name,
        "record": domain.record_name,
        "link": settings.BASE_URL + page,
    }
    return LetterContent(
        "organizations/email/domain_lost", values, sender_name=plain_words(organization.name)
    )


@composes(CHANGED)
def compose_retention_letter(letter: Letter) -> LetterContent | None:
    organization = Organization.objects.filter(pk=letter.reference or 0).first()
    if organization is None:
        return None
    link = settings.BASE_URL + reverse("console:retention", args=[organization.slug])
    values = {**letterhead(organization), "by": plain_words(letter.context["by"]), "link": link}
    return LetterContent("organizations/email/retention", values, sender_name=plain_words(organization.name))
