"""How a letter of an organization looks: its logo or its name above the text, in its colours."""

from matricula.mail.wording import plain
from matricula.organizations.branding import LETTER_EDGE, LETTER_HEIGHT, LETTER_WIDTH
from matricula.organizations.models import Organization
from matricula.web.colour import LIGHT_SURFACES, palette


def letterhead(organization: Organization) -> dict[str, object]:
    """What `mail/letter_base.html` takes."""
    return {
        "organization": plain(organization.name),
        "colours": palette(organization.brand_colour, LIGHT_SURFACES),
        "logo": letter_logo(organization),
    }


def letter_logo(organization: Organization) -> dict[str, object]:
    """Address and size of the logo. Mail programs need both sides, and show it half as large as it is."""
    if not organization.logo:
        return {}
    wide = min(LETTER_WIDTH, LETTER_HEIGHT * organization.logo_ratio)
    edges = 2 * LETTER_EDGE * organization.logo_is_pale
    return {
        "url": organization.letter_logo_url,
        "width": round((wide + edges) / 2),
        "height": round((wide / organization.logo_ratio + edges) / 2),
    }
