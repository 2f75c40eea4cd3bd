"""Keeping PDFs that were printed, so that asking for one again and again is no work.

They lie beside the uploads, named by their certificate and the digest of all that makes them: whatever
changes a PDF gives it another name, so a kept one is never wrong. They go with their certificate, and when
nobody asked for them in a month; nothing is lost with them.
"""

import json
import os
import time as clock
from contextlib import suppress
from datetime import time, timedelta
from functools import cache, partial
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

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
    place = folder_of(certificate.public_id) / f"{certificate.public_id}.{digest}.pdf"
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


def folder_of(public_id: str) -> Path:
    return folder(sha256(public_id.encode()).digest()[0])


def folder(number: int) -> Path:
    return Path(settings.MEDIA_ROOT, "certificates", f"{number:02x}")


def age_of(place: Path) -> float:
    """Seconds since it was asked for. Raises FileNotFoundError."""
    return clock.time() - place.stat().st_mtime


def keep(place: Path, content: bytes) -> None:
    """A disk that takes nothing costs the work again, and nobody their PDF."""
    with suppress(OSError), written_whole(place) as file:
        file.write(content)


@receiver(post_delete, sender=Certificate)
def forget_with(instance: Certificate, **_rest: Any) -> None:
    """What was printed of somebody goes with their account, as soon as that is really gone."""
    transaction.on_commit(partial(forget, instance.public_id))


def forget(public_id: str) -> None:
    """A disk that lets nothing go is asked again at night."""
    with suppress(OSError):
        for one in folder_of(public_id).glob(f"{public_id}.*.pdf"):
            one.unlink(missing_ok=True)


@nightly("credentials.forget_pdfs", time(3, 30))
def forget_some(job: Job) -> bool:
    """One folder of what nobody asked for in a month, or is of no certificate. True until all are done."""
    places = list(folder(job.place).glob("*"))
    named = [place.name.partition(".")[0] for place in places]
    theirs = set(Certificate.objects.filter(public_id__in=named).values_list("public_id", flat=True))
    for place, public_id in zip(places, named, strict=True):
        with suppress(FileNotFoundError):
            orphaned = place.suffix == ".pdf" and public_id not in theirs
            if orphaned or age_of(place) > KEPT.total_seconds():
                place.unlink()
    job.place += 1
    return job.place < FOLDERS
