"""A certificate drawn by typst: as a page (PDF), and as the card that stands for a link to it (PNG)."""

import json
import threading
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import cast

import segno
import typst
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from matricula.credentials.models import LATEST_DESIGN, Certificate
from matricula.credentials.scripts import han_language, is_cased
from matricula.organizations.models import Logo
from matricula.web.colour import LIGHT_SURFACES, palette
from matricula.web.templatetags.web import duration

HERE = Path(__file__).parent
FONTS = HERE / "fonts"
FIRST_DESIGN = 1
POINTS_PER_INCH = 72
"""The card is drawn in points, 1200 of them wide."""

_of_thread = threading.local()


def template_of(design: int) -> Path:
    return HERE / "designs" / f"{design}.typ"


@cache
def shipped_fonts() -> typst.Fonts:
    """Ours and those in typst, none of the machine's: a certificate looks the same on every host."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FONTS)])


@cache
def font_families() -> list[str]:
    """In the order they are asked for a letter: the text face, then what knows other scripts."""
    first, last = ["Libertinus Serif", "Noto Serif"], ["Noto Serif CJK SC", "Noto Emoji"]
    others = [one for one in sorted(shipped_fonts().families()) if one.startswith("Noto")]
    return [*first, *(one for one in others if one not in first + last), *last]


def typst_compiler(design: int) -> typst.Compiler:
    """One compiler a thread: starting it costs more than a page, and it serves one caller at a time."""
    if not hasattr(_of_thread, "compilers"):
        _of_thread.compilers = {}
    made: dict[int, typst.Compiler] = _of_thread.compilers
    if design not in made:
        template = str(template_of(design))
        only_ours = design != FIRST_DESIGN
        made[design] = (
            typst.Compiler(template, font_paths=shipped_fonts()) if only_ours else typst.Compiler(template)
        )
    return made[design]


def verification_qr(address: str) -> str:
    """The public address as an SVG QR code (ISO/IEC 18004), error correction M."""
    drawing = BytesIO()
    segno.make(address, error="m").save(drawing, kind="svg", scale=4, border=1, omitsize=True, xmldecl=False)
    return drawing.getvalue().decode()


def drawing_of(picture: Logo | None, ratio: float) -> str:
    """A picture within an SVG of its shape; nothing without one."""
    if picture is None:
        return ""
    points = b64encode(picture.content).decode()
    size = f'width="{100 * ratio:.2f}" height="100"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
        f'<image {size} href="data:image/png;base64,{points}"/></svg>'
    )


def seal_of(colour: str) -> str:
    """The seal of the pages, in a colour of its own."""
    drawn = render_to_string("web/components/seal.html").replace("currentColor", colour)
    return drawn.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)


def kind_words(certificate: Certificate) -> str:
    return _("Specialization Certificate") if certificate.is_of_specialization else _("Course Certificate")


def facts_of(certificate: Certificate) -> list[tuple[str, str]]:
    """Each with its label: the day, how long it took, the number."""
    facts = [(_("Issued on"), date_format(certificate.issued_at, "DATE_FORMAT"))]
    if certificate.minutes:
        facts.append((_("Duration"), str(duration(certificate.minutes))))
    return [*facts, (_("Certificate number"), certificate.public_id)]


def words_of_first_design(certificate: Certificate, address: str) -> dict[str, object]:
    """Not to be changed: their digest is what the PDFs of that time are kept under."""
    return {
        "kind": kind_words(certificate),
        "certifies": _("certifies that"),
        "completed": _("has completed"),
        "verify": _("Anybody can verify this certificate at"),
        "recipient": certificate.recipient_name,
        "title": certificate.title,
        "organization": certificate.organization_name,
        "issued": date_format(certificate.issued_at, "DATE_FORMAT"),
        "colour": certificate.brand_colour,
        "language": (get_language() or "en").split("-")[0],
        "address": address,
        "ratio": certificate.logo_ratio,
        "pale": certificate.logo_is_pale,
    }


def certificate_words(certificate: Certificate, address: str, design: int) -> dict[str, object]:
    """Everything it says, but for its drawings, which follow from it."""
    words = words_of_first_design(certificate, address)
    if design == FIRST_DESIGN:
        return words
    shades = palette(certificate.brand_colour, LIGHT_SURFACES)
    return words | {
        "brand": shades.brand,
        "strong": shades.brand_strong,
        "courses": certificate.courses,
        "facts": facts_of(certificate),
        "signatory": certificate.signatory_name,
        "role": certificate.signatory_role,
        "signature_ratio": certificate.signature_ratio,
        "han": han_language(f"{certificate.recipient_name} {certificate.title}"),
        "tracking": 0.7 if is_cased(str(words["kind"])) else 0,
        "fonts": font_families(),
    }


def drawn(certificate: Certificate, address: str, *, design: int, kind: str, form: str) -> bytes:
    """Values go in as data, never as markup. The file's time is that of the issue: same words, same bytes."""
    words = certificate_words(certificate, address, design)
    drawings = {
        "qr": verification_qr(address),
        "logo": drawing_of(certificate.logo, certificate.logo_ratio),
        "signature": drawing_of(certificate.signature, certificate.signature_ratio),
        "seal": seal_of(str(words.get("strong", ""))),
        "form": form,
    }
    made = typst_compiler(design).compile(
        format=kind,  # type: ignore[arg-type]
        sys_inputs={"certificate": json.dumps({**words, **drawings})},
        ppi=POINTS_PER_INCH,
        timestamp=int(certificate.issued_at.timestamp()),
    )
    return bytes(cast(bytes, made))


def print_certificate(certificate: Certificate, address: str) -> bytes:
    """The PDF, A4 landscape, in the design of the day of issue."""
    return drawn(certificate, address, design=certificate.design, kind="pdf", form="page")


def draw_card(certificate: Certificate, address: str) -> bytes:
    """The PNG that other sites show beside a link, 1200 by 630."""
    return drawn(certificate, address, design=LATEST_DESIGN, kind="png", form="card")


@cache
def design_version(design: int) -> list[str]:
    """What else decides how a certificate looks: the template, and the programs that draw."""
    found = [sha256(template_of(design).read_bytes()).hexdigest(), version("typst"), version("segno")]
    return found if design == FIRST_DESIGN else [*found, fonts_digest()]


def fonts_digest() -> str:
    """Of their names and sizes."""
    found = sorted((one.name, one.stat().st_size) for one in FONTS.glob("*.[ot]tf"))
    return sha256(json.dumps(found).encode()).hexdigest()
