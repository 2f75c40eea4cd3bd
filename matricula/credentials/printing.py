"""A certificate as PDF, set by typst."""

import json
import threading
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
    }
    pdf = compiler().compile(format="pdf", sys_inputs={"certificate": json.dumps(values)})
    return bytes(pdf)  # type: ignore[arg-type]
