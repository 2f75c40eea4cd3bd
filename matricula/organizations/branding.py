"""How an organization looks and speaks: name, colour, logo, and the words of its letters."""

from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from matricula.accounts.models import Account
from matricula.audit.models import acting_through, record
from matricula.files.pictures import Frame, Picture, PictureRefused, look_at, read_picture
from matricula.jobs.models import Job
from matricula.jobs.queue import enqueue
from matricula.mail.composition import plain_words
from matricula.organizations.models import LogoUpload, Organization
from matricula.security.throttling import Limit
from matricula.web.colour import LIGHT_SURFACES, palette

Use = LogoUpload.Use
LETTER_WIDTH, LETTER_HEIGHT, LETTER_EDGE = 480, 112, 12
"""Pixels of a logo in a letter, which shows it half as large, so that it is sharp."""
IN_LETTERS = Frame(LETTER_WIDTH, LETTER_HEIGHT, LETTER_EDGE)
DRAW = "organizations.draw_logo"
TRIES = 3
KEPT = timedelta(days=7)
"""How long it is told what became of an upload."""
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
    """Name, colour, greeting, language, time zone, alternative e-mail required. False if nothing changed."""
    values = {name: CLEANED[name](value) if name in CLEANED else value for name, value in values.items()}
    now = Organization.objects.get(pk=organization.pk)
    before = {name: getattr(now, name) for name, value in values.items() if getattr(now, name) != value}
    after = {name: values[name] for name in before}
    if after:
        Organization.objects.filter(pk=organization.pk).update(**after)
        brand_facts("organization.changed", organization, actor, before, after)
    return bool(after)


def receive_logo(
    *,
    organization: Organization,
    content: bytes,
    actor: Account | None,
    through: str = "",
    use: str = Use.LOGO,
) -> LogoUpload:
    """Have a picture drawn by the worker and shown from then on, in place of any that still waits.

    Raises PictureRefused for what can be told at once.
    """
    if not LOGOS.allows(organization.pk):
        raise PictureRefused(words=_("There were many pictures within an hour. Try again in an hour."))
    look_at(content)
    with transaction.atomic():
        forget_waiting(organization, use)
        made = LogoUpload.objects.create(
            organization=organization, content=content, uploaded_by=actor, through=through, use=use
        )
        whose = organization.pk
        enqueue(DRAW, reference=made.pk, queue=f"organization {whose}", organization=whose)
    return made


def forget_waiting(organization: Organization, use: str) -> None:
    """What was asked for last is what counts. The organization's row is held, for two may ask at once."""
    Organization.objects.select_for_update().filter(pk=organization.pk).first()
    waiting = organization.logo_uploads.filter(state=LogoUpload.State.DRAWING, use=use)
    waiting.update(state=LogoUpload.State.REPLACED, content=b"")


def tell_drawing_failed(job: Job) -> None:
    waiting = LogoUpload.objects.filter(pk=job.reference or 0, state=LogoUpload.State.DRAWING)
    waiting.update(state=LogoUpload.State.REFUSED, refusal="heavy", content=b"")


def draw_logo_upload(job: Job) -> None:
    """Raises ReaderKilled."""
    rows = LogoUpload.objects.select_related("organization", "uploaded_by")
    upload = rows.filter(pk=job.reference or 0, state=LogoUpload.State.DRAWING).first()
    if upload is None:
        return
    try:
        picture = read_picture(bytes(upload.content), IN_LETTERS)
    except PictureRefused as refusal:
        end_logo_upload(upload, LogoUpload.State.REFUSED, refusal.code)
        return
    with transaction.atomic():
        if end_logo_upload(upload, LogoUpload.State.SHOWN):
            show_for(upload, picture)


def end_logo_upload(upload: LogoUpload, state: str, refusal: str = "") -> bool:
    """Of the upload nothing stays. False where another worker was faster, or another picture came."""
    waiting = LogoUpload.objects.filter(pk=upload.pk, state=LogoUpload.State.DRAWING)
    return bool(waiting.update(state=state, refusal=refusal, content=b""))


def show_for(upload: LogoUpload, picture: Picture) -> None:
    with acting_through(upload.through):
        show_drawn(
            organization=upload.organization, picture=picture, actor=upload.uploaded_by, use=upload.use
        )


def show_logo(
    *, organization: Organization, content: bytes, actor: Account | None, use: str = Use.LOGO
) -> None:
    """At once, for pictures of our own. Raises PictureRefused, ReaderKilled."""
    picture = read_picture(content, IN_LETTERS)
    show_drawn(organization=organization, picture=picture, actor=actor, use=use)


@transaction.atomic
def show_drawn(*, organization: Organization, picture: Picture, actor: Account | None, use: str) -> None:
    digest = sha256(picture.content).hexdigest()
    kept = {"content": picture.content, "for_letters": picture.framed}
    organization.logos.get_or_create(digest=digest, defaults=kept)
    look: dict[str, Any] = {use: f"{digest}.png", f"{use}_ratio": picture.ratio}
    if use == Use.LOGO:
        look["logo_is_pale"] = picture.is_pale
    before = Organization.objects.values_list(use, flat=True).get(pk=organization.pk)
    Organization.objects.filter(pk=organization.pk).update(**look)
    brand_facts(f"organization.{use}_shown", organization, actor, {use: before}, {use: look[use]})


@transaction.atomic
def remove_logo(*, organization: Organization, actor: Account | None, use: str = Use.LOGO) -> None:
    """The name stands in its place, whatever still waits to be drawn. Letters that were sent keep it, and so
    do certificates that were issued."""
    forget_waiting(organization, use)
    before = Organization.objects.values_list(use, flat=True).get(pk=organization.pk)
    if before:
        Organization.objects.filter(pk=organization.pk).update(**{use: ""})
        brand_facts(f"organization.{use}_removed", organization, actor, {use: before}, {use: ""})


def brand_facts(
    verb: str,
    organization: Organization,
    actor: Account | None,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    record(verb, actor=actor, organization=organization, subject=organization, before=before, after=after)


def letterhead(organization: Organization) -> dict[str, object]:
    """What `mail/letter_base.html` takes."""
    return {
        "organization": plain_words(organization.name),
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
