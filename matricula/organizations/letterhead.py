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
        "logo": logo_in_letter(
            organization.letter_logo_url, organization.logo_ratio, organization.logo_is_pale
        ),
    }


def logo_in_letter(address: str, ratio: float, is_pale: bool) -> dict[str, object]:
    """Address and size of the logo. Mail programs need both sides, and show it half as large as it is."""
    if not address:
        return {}
    wide = min(LETTER_WIDTH, LETTER_HEIGHT * ratio)
    edges = 2 * LETTER_EDGE * is_pale
    return {"url": address, "width": round((wide + edges) / 2), "height": round((wide / ratio + edges) / 2)}
