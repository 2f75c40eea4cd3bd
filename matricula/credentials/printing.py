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
from matricula.organizations.models import Organization

TEMPLATE = Path(__file__).parent / "certificate.typ"
NO_BRAND = "#12544e"


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


def drawing_of(organization: Organization | None) -> str:
    """The logo as SVG, whatever it is kept as; nothing without one."""
    digest, _dot, kind = (organization.logo if organization else "").partition(".")
    logo = organization.logos.filter(digest=digest).first() if organization and digest else None
    if logo is None or organization is None:
        return ""
    if kind == "svg":
        return bytes(logo.content).decode()
    points = b64encode(logo.content).decode()
    size = f'width="{100 * organization.logo_ratio:.2f}" height="100"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
        f'<image {size} href="data:image/png;base64,{points}"/></svg>'
    )


def print_certificate(certificate: Certificate, address: str) -> bytes:
    """The PDF, A4 landscape. Values go in as data, never as markup."""
    kind = _("Specialization Certificate") if certificate.is_of_specialization else _("Course Certificate")
    values = {
        "kind": kind,
        "certifies": _("certifies that"),
        "completed": _("has completed"),
        "verify": _("Anybody can verify this certificate at"),
        "recipient": certificate.recipient_name,
        "title": certificate.title,
        "organization": certificate.organization_name,
        "issued": date_format(certificate.issued_at, "DATE_FORMAT"),
        "colour": certificate.organization.brand_colour if certificate.organization else NO_BRAND,
        "language": (get_language() or "en").split("-")[0],
        "address": address,
        "qr": verification_qr(address),
        "logo": drawing_of(certificate.organization),
        "ratio": certificate.organization.logo_ratio if certificate.organization else 1,
        "pale": bool(certificate.organization and certificate.organization.logo_is_pale),
    }
    pdf = compiler().compile(format="pdf", sys_inputs={"certificate": json.dumps(values)})
    return bytes(pdf)  # type: ignore[arg-type]
