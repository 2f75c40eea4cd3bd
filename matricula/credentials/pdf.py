"""A certificate as PDF, set by typst."""

import json
import os
import threading
import time as clock
from base64 import b64encode
from contextlib import suppress
from datetime import timedelta
from functools import cache, partial
from hashlib import sha256
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import segno
import typst
from django.conf import settings
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from matricula.credentials.models import Certificate
from matricula.files.atomic_writes import write_atomically
from matricula.jobs.models import Job

TEMPLATE = Path(__file__).parent / "certificate.typ"

_of_thread = threading.local()


def typst_compiler() -> typst.Compiler:
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


def certificate_words(certificate: Certificate, address: str) -> dict[str, object]:
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
    values = json.dumps({**certificate_words(certificate, address), **drawings})
    return bytes(typst_compiler().compile(format="pdf", sys_inputs={"certificate": values}))  # type: ignore[arg-type]


KEPT = timedelta(days=30)
NOTED = timedelta(days=1)
"""How exactly it is known when a PDF was asked for last."""
FOLDERS = 256


def pdf_of(certificate: Certificate, address: str) -> tuple[bytes, str]:
    """The PDF and its digest; printed when it is not kept."""
    digest = digest_of(certificate, address)
    place = folder_of(certificate.public_id) / f"{certificate.public_id}.{digest}.pdf"
    with suppress(OSError):
        if age_of(place) > NOTED.total_seconds():
            os.utime(place)
        return place.read_bytes(), digest
    content = print_certificate(certificate, address)
    keep_pdf(place, content)
    return content, digest


def digest_of(certificate: Certificate, address: str) -> str:
    logo = certificate.logo.digest if certificate.logo else ""
    made_of = [certificate_words(certificate, address), logo, pdf_version()]
    return sha256(json.dumps(made_of).encode()).hexdigest()


@cache
def pdf_version() -> list[str]:
    """What else decides how a PDF looks: the template and the programs that draw."""
    return [sha256(TEMPLATE.read_bytes()).hexdigest(), version("typst"), version("segno")]


def folder_of(public_id: str) -> Path:
    return pdf_folder(sha256(public_id.encode()).digest()[0])


def pdf_folder(number: int) -> Path:
    return Path(settings.MEDIA_ROOT, "certificates", f"{number:02x}")


def age_of(place: Path) -> float:
    """Seconds since it was asked for. Raises FileNotFoundError."""
    return clock.time() - place.stat().st_mtime


def keep_pdf(place: Path, content: bytes) -> None:
    """A disk that takes nothing costs the work again, and nobody their PDF."""
    with suppress(OSError), write_atomically(place) as file:
        file.write(content)


def forget_with(instance: Certificate, **_rest: Any) -> None:
    """What was printed of somebody goes with their account, as soon as that is really gone."""
    transaction.on_commit(partial(forget_pdf, instance.public_id))


def forget_pdf(public_id: str) -> None:
    """A disk that lets nothing go is asked again at night."""
    with suppress(OSError):
        for one in folder_of(public_id).glob(f"{public_id}.*.pdf"):
            one.unlink(missing_ok=True)


def forget_some(job: Job) -> bool:
    """One folder of what nobody asked for in a month, or is of no certificate. True until all are done."""
    places = list(pdf_folder(job.place).glob("*"))
    named = [place.name.partition(".")[0] for place in places]
    theirs = set(Certificate.objects.filter(public_id__in=named).values_list("public_id", flat=True))
    for place, public_id in zip(places, named, strict=True):
        with suppress(FileNotFoundError):
            orphaned = place.suffix == ".pdf" and public_id not in theirs
            if orphaned or age_of(place) > KEPT.total_seconds():
                place.unlink()
    job.place += 1
    return job.place < FOLDERS
