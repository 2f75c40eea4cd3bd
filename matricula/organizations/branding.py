"""How an organization looks and speaks: name, colour, logo, and the words of its letters."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from matricula.accounts.models import Account
from matricula.accounts.throttling import Limit
from matricula.audit.models import record
from matricula.organizations.models import Logo, Organization
from matricula.web.pictures import Picture, is_pale, on_ground, points_of, read_picture
from matricula.web.svg import PictureRefused

LETTER_WIDTH, LETTER_HEIGHT, LETTER_EDGE = 480, 112, 12
"""Pixels of a logo in a letter, which shows it half as large, so that it is sharp."""
LONGEST_GREETING = 600
LOGOS = Limit("logo")
"""Of an organization."""
CLEANED: dict[str, Callable[[str], str]] = {
    "brand_colour": str.lower,
    "greeting": lambda words: "\n".join(words.splitlines()),
}
"""So that what is written in two ways is kept in one."""


@transaction.atomic
def change_brand(*, organization: Organization, values: dict[str, Any], actor: Account | None) -> bool:
    """Name, colour, greeting, language, alternative e-mail required. False when nothing changed."""
    values = {name: CLEANED[name](value) if name in CLEANED else value for name, value in values.items()}
    now = Organization.objects.get(pk=organization.pk)
    before = {name: getattr(now, name) for name, value in values.items() if getattr(now, name) != value}
    after = {name: values[name] for name in before}
    if after:
        Organization.objects.filter(pk=organization.pk).update(**after)
        told("organization.changed", organization, actor, before, after)
    return bool(after)


@dataclass(frozen=True)
class DrawnLogo:
    """A picture that may be shown, and as letters show it."""

    picture: Picture
    for_letters: bytes
    is_pale: bool


def show_logo(*, organization: Organization, content: bytes, actor: Account | None) -> None:
    """Raises PictureRefused."""
    show_drawn(organization=organization, logo=draw_logo(organization, content), actor=actor)


def draw_logo(organization: Organization, content: bytes) -> DrawnLogo:
    """Takes its time, so before the transaction of `show_drawn` begins. Raises PictureRefused."""
    if not LOGOS.allows(organization.pk):
        raise PictureRefused(_("There were many pictures within an hour. Try again in an hour."))
    picture = read_picture(content)
    points = points_of(picture, LETTER_WIDTH, LETTER_HEIGHT)
    return DrawnLogo(picture, on_ground(points, LETTER_EDGE), is_pale(points))


@transaction.atomic
def show_drawn(*, organization: Organization, logo: DrawnLogo, actor: Account | None) -> None:
    row = kept(organization, logo)
    look = {
        "logo": f"{row.digest}.{row.kind}",
        "logo_ratio": logo.picture.ratio,
        "logo_is_pale": logo.is_pale,
    }
    before = Organization.objects.values_list("logo", flat=True).get(pk=organization.pk)
    Organization.objects.filter(pk=organization.pk).update(**look)
    told("organization.logo_shown", organization, actor, {"logo": before}, {"logo": look["logo"]})


def kept(organization: Organization, logo: DrawnLogo) -> Logo:
    picture = logo.picture
    digest = sha256(picture.content).hexdigest()
    rest = {"kind": picture.kind, "content": picture.content, "for_letters": logo.for_letters}
    return organization.logos.get_or_create(digest=digest, defaults=rest)[0]


@transaction.atomic
def remove_logo(*, organization: Organization, actor: Account | None) -> None:
    """The name stands in its place. Letters that were sent keep it."""
    before = Organization.objects.values_list("logo", flat=True).get(pk=organization.pk)
    if before:
        Organization.objects.filter(pk=organization.pk).update(logo="")
        told("organization.logo_removed", organization, actor, {"logo": before}, {"logo": ""})


def told(
    verb: str,
    organization: Organization,
    actor: Account | None,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    record(verb, actor=actor, organization=organization, subject=organization, before=before, after=after)
