"""What a certificate is called on somebody's disk (RFC 6266, RFC 8187)."""

import re
import unicodedata
from urllib.parse import quote

from matricula.credentials.models import Certificate

UNSAFE = re.compile(r'[\\/:*?"<>|%]')
"""What a file system or a shell reads as something else."""
LONGEST = 180
"""Bytes in UTF-8; most file systems know 255."""
LONGEST_NAME = 100
"""So that something of the title is left."""


def disposition_of(certificate: Certificate) -> str:
    """The header: the name for whoever knows the standard, and one in ASCII for others."""
    name = file_name_of(certificate)
    # Letters of full width become what steers a header or a path only now.
    plain = safe(unicodedata.normalize("NFKD", name.removesuffix(".pdf")))
    plain = safe(plain.encode("ascii", "ignore").decode())
    left = sum(map(str.isalnum, plain)) * 2 > sum(map(str.isalnum, name))
    fallback = f"{plain}.pdf" if left else f"certificate-{certificate.public_id}.pdf"
    encoded = quote(name, safe="")
    return f"attachment; filename=\"{fallback}\"; filename*=UTF-8''{encoded}"


def file_name_of(certificate: Certificate) -> str:
    """Person and course."""
    parts = (cut_to(safe(certificate.recipient_name), LONGEST_NAME), safe(certificate.title))
    whole = cut_to(" - ".join(part for part in parts if part), LONGEST)
    return f"{whole or certificate.public_id}.pdf"


def safe(words: str) -> str:
    """One line without what steers how others are shown, and without a dot where it would hide a file."""
    shown = "".join(
        " " if unicodedata.category(one)[0] in "CZ" and one not in "\u200c\u200d" else one for one in words
    )
    return " ".join(UNSAFE.sub(" ", shown).split()).strip(" .")


def cut_to(words: str, bytes_at_most: int) -> str:
    """Never in the midst of a letter."""
    return words.encode()[:bytes_at_most].decode(errors="ignore").rstrip(" .-")
