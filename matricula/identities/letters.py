"""Letters about a company's sign-in: to whom it was linked with unasked, and to owners of their codes."""

from django.conf import settings
from django.urls import reverse

from matricula.accounts.models import Account
from matricula.identities.asserted_identities import LINKED
from matricula.identities.identities import ENDED
from matricula.identities.models import Identity
from matricula.mail.composition import LetterContent, composes, plain_words
from matricula.mail.models import Letter
from matricula.organizations.branding import letterhead
from matricula.organizations.models import Organization
from matricula.organizations.ownership import owners_of, write_to_holders

CODES = "identities.owner_codes"


def tell_owners_of_codes(*, organization: Organization, account: Account, change: str) -> None:
    """To every owner, also whose codes they are. `change` is used or renewed."""
    context = {"name": account.full_name, "change": change}
    write_to_holders(owners_of(organization.pk), kind=CODES, reference=organization.pk, context=context)


@composes(CODES)
def compose_owner_codes_letter(letter: Letter) -> LetterContent | None:
    organization = Organization.objects.filter(pk=letter.reference or 0).first()
    if organization is None:
        return None
    values = {
        **letterhead(organization),
        "name": plain_words(letter.context["name"]),
        "used": letter.context["change"] == "used",
        "link": settings.BASE_URL + reverse("administrators:administrators", args=[organization.slug]),
    }
    return LetterContent("identities/email/owner_codes", values, sender_name=plain_words(organization.name))


@composes(LINKED)
def compose_linked_letter(letter: Letter) -> LetterContent | None:
    """Moot when it has ended meanwhile."""
    identity = identity_of(letter)
    if identity is None or identity.ended_at is not None:
        return None
    link = settings.BASE_URL + reverse("company-sign-ins:mine")
    return content_about(identity, "identities/email/linked", link)


@composes(ENDED)
def compose_ended_letter(letter: Letter) -> LetterContent | None:
    """Moot when it may be linked again meanwhile."""
    identity = identity_of(letter)
    if identity is None or identity.allowed_again_at is not None:
        return None
    return content_about(identity, "identities/email/ended", settings.BASE_URL + reverse("accounts:home"))


def identity_of(letter: Letter) -> Identity | None:
    rows = Identity.objects.filter(pk=letter.reference or 0)
    return rows.select_related("connection__organization").first()


def content_about(identity: Identity, template: str, link: str) -> LetterContent:
    organization = identity.connection.organization
    values = {
        **letterhead(organization),
        "connection": plain_words(identity.connection.name),
        "link": link,
    }
    return LetterContent(template, values, sender_name=plain_words(organization.name))
