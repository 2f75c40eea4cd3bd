"""Keeping PDFs that were printed, so that asking for one again and again is no work.

They lie beside the uploads, under the digest of all that makes them: whatever changes a PDF gives it another
name, so a kept one is never wrong. Nothing is lost with them; what nobody asked for in a month is removed.
"""

import json
import os
import time as clock
from contextlib import suppress
from datetime import time, timedelta
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from django.conf import settings

from matricula.credentials.models import Certificate
from matricula.credentials.printing import TEMPLATE, print_certificate, words_of
from matricula.jobs.models import Job
from matricula.jobs.performing import nightly
from matricula.web.writing import written_whole

KEPT = timedelta(days=30)
NOTED = timedelta(days=1)
"""How exactly it is known when a PDF was asked for last."""
FOLDERS = 256


def pdf_of(certificate: Certificate, address: str) -> tuple[bytes, str]:
    """The PDF and its digest; printed when it is not kept."""
    digest = digest_of(certificate, address)
    place = place_of(digest)
    with suppress(OSError):
        if age_of(place) > NOTED.total_seconds():
            os.utime(place)
        return place.read_bytes(), digest
    content = print_certificate(certificate, address)
    keep(place, content)
    return content, digest


def digest_of(certificate: Certificate, address: str) -> str:
    logo = certificate.logo.digest if certificate.logo else ""
    made_of = [words_of(certificate, address), logo, printer()]
    return sha256(json.dumps(made_of).encode()).hexdigest()


@cache
def printer() -> list[str]:
    """What else decides how a PDF looks: the template and the programs that draw."""
    return [sha256(TEMPLATE.read_bytes()).hexdigest(), version("typst"), version("segno")]


def place_of(digest: str) -> Path:
    return Path(settings.MEDIA_ROOT, "certificates", digest[:2], f"{digest}.pdf")


def age_of(place: Path) -> float:
    """Seconds since it was asked for. Raises FileNotFoundError."""
    return clock.time() - place.stat().st_mtime


def keep(place: Path, content: bytes) -> None:
    """A disk that takes nothing costs the work again, and nobody their PDF."""
    with suppress(OSError), written_whole(place) as file:
        file.write(content)


@nightly("credentials.forget_pdfs", time(3, 30))
def forget_some(job: Job) -> bool:
    """One folder of what nobody asked for in a month. True until all are looked at."""
    for one in place_of(f"{job.place:02x}").parent.glob("*"):
        with suppress(FileNotFoundError):
            if age_of(one) > KEPT.total_seconds():
                one.unlink()
    job.place += 1
    return job.place < FOLDERS
