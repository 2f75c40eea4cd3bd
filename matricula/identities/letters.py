"""Letters to the owners of an organization about the codes by which one of them gets in."""

from django.conf import settings
from django.urls import reverse

from matricula.accounts.models import Account
from matricula.mail.composition import LetterContent, composes, plain_words
from matricula.mail.models import Letter
from matricula.organizations.branding import letterhead
from matricula.organizations.models import Organization
from matricula.organizations.ownership import owners_of

CODES = "identities.owner_codes"


def tell_owners_of_codes(*, organization: Organization, account: Account, change: str) -> None:
    """To every owner, also whose codes they are. `change` is used or renewed."""
    people = Account.objects.filter(roles__in=owners_of(organization.pk), addresses__is_primary=True)
    context = {"name": account.full_name, "change": change}
    Letter.objects.bulk_create(
        Letter(kind=CODES, to=to, language=language, reference=organization.pk, context=context)
        for to, language in people.values_list("addresses__address", "language")
    )


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
