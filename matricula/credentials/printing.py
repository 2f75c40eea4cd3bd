"""A certificate as PDF, set by typst."""

import json
import threading
from base64 import b64encode
from io import BytesIO
from pathlib import Path
from typing import cast

import segno
import typst
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from matricula.credentials.models import Certificate

TEMPLATE = Path(__file__).parent / "certificate.typ"

_of_thread = threading.local()


def compiler() -> typst.Compiler:
    """One compiler a thread: starting it costs more than a page, and it serves one caller at a time."""
    if not hasattr(_of_thread, "compiler"):
        _of_thread.compiler = typst.Compiler(str(TEMPLATE))
    return cast(typst.Compiler, _of_thread.compiler)


def verification_qr(address: str) -> str:
    """The public address as an SVG QR code (ISO/IEC 18004), error correction M."""
    drawing = BytesIO()
    segno.make(address, error="m").save(drawing, kind="svg", scale=4, border=1, omitsize=True, xmldecl=False)
    return drawing.getvalue().decode()


def drawing_of(certificate: Certificate) -> str:
    """The logo as a picture within an SVG; nothing without one."""
    logo = certificate.logo
    if logo is None:
        return ""
    points = b64encode(logo.content).decode()
    size = f'width="{100 * certificate.logo_ratio:.2f}" height="100"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
        f'<image {size} href="data:image/png;base64,{points}"/></svg>'
    )


def words_of(certificate: Certificate, address: str) -> dict[str, object]:
    """Everything the PDF says, but for its drawings, which follow from it."""
    kind = _("Specialization Certificate") if certificate.is_of_specialization else _("Course Certificate")
    return {
        "kind": kind,
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


def print_certificate(certificate: Certificate, address: str) -> bytes:
    """The PDF, A4 landscape. Values go in as data, never as markup."""
    drawings = {"qr": verification_qr(address), "logo": drawing_of(certificate)}
    values = json.dumps({**words_of(certificate, address), **drawings})
    return bytes(compiler().compile(format="pdf", sys_inputs={"certificate": values}))  # type: ignore[arg-type]
