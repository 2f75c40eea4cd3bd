"""Certificates as files, drawn once and kept: the PDF, and the card that stands for a link to it."""

import json
import os
import time as clock
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from matricula.credentials.drawing import certificate_words, design_version, draw_card, print_certificate
from matricula.credentials.models import LATEST_DESIGN, Certificate
from matricula.files.atomic_writes import write_atomically
from matricula.jobs.models import Job

KEPT = timedelta(days=30)
NOTED = timedelta(days=1)
"""How exactly it is known when a PDF was asked for last."""
FOLDERS = 256


KINDS = (".pdf", ".png")


def pdf_of(certificate: Certificate, address: str) -> tuple[bytes, str]:
    """The PDF and its digest; printed when it is not kept."""
    digest = digest_of(certificate, address, certificate.design)
    return kept_or_made(certificate, f"{digest}.pdf", lambda: print_certificate(certificate, address)), digest


def card_of(certificate: Certificate, address: str) -> tuple[bytes, str]:
    """The PNG for a link and its digest; drawn when it is not kept."""
    digest = digest_of(certificate, address, LATEST_DESIGN)
    return kept_or_made(certificate, f"{digest}.png", lambda: draw_card(certificate, address)), digest


def kept_or_made(certificate: Certificate, name: str, make: Callable[[], bytes]) -> bytes:
    place = folder_of(certificate.public_id) / f"{certificate.public_id}.{name}"
    with suppress(OSError):
        if age_of(place) > NOTED.total_seconds():
            os.utime(place)
        return place.read_bytes()
    content = make()
    keep_file(place, content)
    return content


def digest_of(certificate: Certificate, address: str, design: int) -> str:
    """Of all that makes the file."""
    logo = certificate.logo.digest if certificate.logo else ""
    made_of = [certificate_words(certificate, address, design), logo, design_version(design)]
    if certificate.signature:
        made_of.append(certificate.signature.digest)
    return sha256(json.dumps(made_of).encode()).hexdigest()


def folder_of(public_id: str) -> Path:
    return pdf_folder(sha256(public_id.encode()).digest()[0])


def pdf_folder(number: int) -> Path:
    return Path(settings.MEDIA_ROOT, "certificates", f"{number:02x}")


def age_of(place: Path) -> float:
    """Seconds since it was asked for. Raises FileNotFoundError."""
    return clock.time() - place.stat().st_mtime


def keep_file(place: Path, content: bytes) -> None:
    """A disk that takes nothing costs the work again, and nobody their file."""
    with suppress(OSError), write_atomically(place) as file:
        file.write(content)


def forget_with(instance: Certificate, **_rest: Any) -> None:
    """What was printed of somebody goes with their account, as soon as that is really gone."""
    transaction.on_commit(partial(forget_files, instance.public_id))


def forget_files(public_id: str) -> None:
    """A disk that lets nothing go is asked again at night."""
    with suppress(OSError):
        for one in folder_of(public_id).glob(f"{public_id}.*.p??"):
            one.unlink(missing_ok=True)


def forget_some(job: Job) -> bool:
    """One folder of what nobody asked for in a month, or is of no certificate. True until all are done."""
    places = list(pdf_folder(job.place).glob("*"))
    named = [place.name.partition(".")[0] for place in places]
    theirs = set(Certificate.objects.filter(public_id__in=named).values_list("public_id", flat=True))
    for place, public_id in zip(places, named, strict=True):
        with suppress(FileNotFoundError):
            orphaned = place.suffix in KINDS and public_id not in theirs
            if orphaned or age_of(place) > KEPT.total_seconds():
                place.unlink()
    job.place += 1
    return job.place < FOLDERS
