"""A certificate as PDF, set by typst."""

import json
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import segno
import typst

from matricula.credentials.models import Certificate

TEMPLATE = Path(__file__).parent / "certificate.typ"


@lru_cache(maxsize=1)
def compiler() -> typst.Compiler:
    """One compiler for the process: starting it costs more than a page."""
    return typst.Compiler(TEMPLATE.read_bytes())


def verification_qr(address: str) -> str:
    """The public address as an SVG QR code."""
    drawing = BytesIO()
    segno.make(address, error="m").save(drawing, kind="svg", scale=4, border=1, omitsize=True, xmldecl=False)
    return drawing.getvalue().decode()


def print_certificate(certificate: Certificate, address: str) -> bytes:
    """The PDF, A4 landscape. Values go in as data, never as markup."""
    values = {
        "recipient": certificate.recipient_name,
        "title": certificate.title,
        "organization": certificate.organization_name,
        "issued": f"{certificate.issued_at:%-d %B %Y}",
        "colour": certificate.organization.brand_colour if certificate.organization else "#2f4b8f",
        "address": address,
        "qr": verification_qr(address),
    }
    pdf = compiler().compile(format="pdf", sys_inputs={"certificate": json.dumps(values)})
    return bytes(pdf)  # type: ignore[arg-type]
