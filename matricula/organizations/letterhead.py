"""How a letter of an organization looks: its name above the text, in its colours."""

from matricula.mail.wording import plain
from matricula.organizations.models import Organization
from matricula.web.colour import LIGHT_SURFACES, palette


def letterhead(organization: Organization) -> dict[str, object]:
    """What `mail/letter_base.html` takes."""
    return {
        "organization": plain(organization.name),
        "colours": palette(organization.brand_colour, LIGHT_SURFACES),
    }
