from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from matricula.accounts.models import Account
from matricula.db.days import day_there
from matricula.mail.composition import LetterContent, composes, plain_words
from matricula.mail.models import Letter
from matricula.organizations.branding import letterhead
from matricula.organizations.models import Organization, Role
from matricula.organizations.ownership import owners_of, write_to_holders
from matricula.roles.models import Appointment
from matricula.security.secrets import digest, new_link_secret

OFFER = "roles.offer"
ROLE = "roles.role"
OWNERS = "roles.owners"


@composes(OFFER)
def compose_offer_letter(letter: Letter) -> LetterContent | None:
    """Mints the link; only its digest stays, in place of the one before. Moot when the offer has ended."""
    rows = Appointment.objects.waiting().filter(pk=letter.reference or 0, expires_at__gt=timezone.now())
    offer = rows.select_related("organization", "offered_by").first()
    if offer is None:
        return None
    secret = new_link_secret()
    rows.update(link_digest=digest("role", secret))
    values = {
        **letterhead(offer.organization),
        "role": Role.Kind(offer.kind).label,
        "who": plain_words(offer.offered_by.full_name) if offer.offered_by else "",
        "expires_at": day_there(offer.expires_at, offer.organization.time_zone),
        "link": settings.BASE_URL + reverse("roles:link", args=[secret]),
    }
    return LetterContent("roles/email/role_offer", values, sender_name=plain_words(offer.organization.name))


def tell_of_role(role: Role, *, gone: bool) -> None:
    """To the person's primary address."""
    address = role.account.primary_address
    if address:
        Letter.objects.create(
            kind=ROLE,
            to=address.address,
            language=role.account.language,
            reference=role.organization_id,
            context={"role": "" if gone else role.kind},
        )


@composes(ROLE)
def compose_role_letter(letter: Letter) -> LetterContent | None:
    organization = Organization.objects.filter(pk=letter.reference or 0).first()
    if organization is None:
        return None
    kind = letter.context["role"]
    values: dict[str, object] = {
        **letterhead(organization),
        "role": Role.Kind(kind).label if kind else "",
        "link": settings.BASE_URL + reverse("console:home", args=[organization.slug]) if kind else "",
    }
    return LetterContent("roles/email/role", values, sender_name=plain_words(organization.name))


def tell_owners(role: Role, *, came: bool, actor: Account) -> None:
    """To every owner but whom it is about, who has a letter of their own."""
    others = owners_of(role.organization_id).exclude(pk=role.pk)
    names = {"name": role.account.full_name, "by": actor.full_name, "came": came}
    write_to_holders(others, kind=OWNERS, reference=role.organization_id, context=names)


@composes(OWNERS)
def compose_owners_letter(letter: Letter) -> LetterContent | None:
    organization = Organization.objects.filter(pk=letter.reference or 0).first()
    if organization is None:
        return None
    values = {
        **letterhead(organization),
        "name": plain_words(letter.context["name"]),
        "by": plain_words(letter.context["by"]),
        "came": letter.context["came"],
        "link": settings.BASE_URL + reverse("administrators:administrators", args=[organization.slug]),
    }
    return LetterContent("roles/email/owners", values, sender_name=plain_words(organization.name))
