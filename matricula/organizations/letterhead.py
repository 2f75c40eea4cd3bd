"""How a letter of an organization looks: its logo or its name above the text, in its colours."""

from functools import lru_cache

from django.conf import settings
from django.urls import reverse

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
            organization.slug, organization.logo, organization.logo_ratio, organization.logo_is_pale
        ),
    }


@lru_cache(maxsize=512)
def logo_in_letter(slug: str, logo: str, ratio: float, is_pale: bool) -> dict[str, object]:
    """Address and size of the logo: a PNG on its own ground, shown half as large as it is.

    Mail programs show no SVG, know no address but an absolute one, and need both sides.
    """
    if not logo:
        return {}
    name = f"{logo.partition('.')[0]}-letter.png"
    address = settings.BASE_URL + reverse("organizations:logo", args=[slug, name])
    wide = min(LETTER_WIDTH, LETTER_HEIGHT * ratio)
    edges = 2 * LETTER_EDGE * is_pale
    return {"url": address, "width": round((wide + edges) / 2), "height": round((wide / ratio + edges) / 2)}
