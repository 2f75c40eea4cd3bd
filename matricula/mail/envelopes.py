"""A message as bytes for the wire: RFC 5322 headers, and text and HTML side by side (RFC 2046, 5.1.4)."""

import re
from binascii import b2a_qp
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import Header
from email.utils import format_datetime, formataddr, parseaddr
from functools import lru_cache

import idna
from django.conf import settings

from matricula.mail.composition import Message
from matricula.mail.models import Letter

CONTROLS = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
ADDRESS = re.compile(r"[!-~]+@[A-Za-z0-9.\[\]:-]+")
"""CONTROLS would begin a header of their own; of an ADDRESS no space may reach the mail server's commands."""


class Unwritable(OSError):
    """No mail server can be asked for this address."""


@dataclass(frozen=True)
class Envelope:
    """What the mail server is handed: from whom, to whom, and the bytes."""

    letter: Letter
    sender: str
    recipient: str
    content: bytes


def make_envelope(letter: Letter, message: Message) -> Envelope:
    """Raises Unwritable for an address that is none."""
    recipient = wire_address(letter.to)
    message_id = letter.message_id
    boundary = f"=_{letter.pk}_{message_id.partition('.')[2][:16]}"
    headers = [
        f"From: {from_header(message.sender_name)}",
        f"To: {recipient}",
        f"Subject: {encoded_header(message.subject)}",
        f"Message-ID: {message_id}",
        f"Date: {format_datetime(datetime.now(UTC))}",
        "Auto-Submitted: auto-generated",
        *unsubscribe_headers(message.unsubscribe),
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative; boundary="{boundary}"',
    ]
    parts = text_part("plain", message.text, boundary) + text_part("html", message.html, boundary)
    content = "\r\n".join(headers).encode("ascii") + b"\r\n\r\n" + parts + f"--{boundary}--\r\n".encode()
    return Envelope(letter, settings.BOUNCE_ADDRESS, recipient, content)


def text_part(kind: str, text: str, boundary: str) -> bytes:
    """Quoted-printable, so that every mail server passes it on unchanged (RFC 2045, 6.7)."""
    start = f"--{boundary}\r\nContent-Type: text/{kind}; charset=utf-8\r\n"
    start += "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    lines = b2a_qp(text.encode(), istext=True).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return start.encode() + lines + b"\r\n"


def unsubscribe_headers(address: str) -> list[str]:
    """One press in the mail program declines (RFC 8058, 3.1)."""
    if not address:
        return []
    return [f"List-Unsubscribe: <{address}>", "List-Unsubscribe-Post: List-Unsubscribe=One-Click"]


@lru_cache(maxsize=1024)
def encoded_header(value: str) -> str:
    """A header's value in ASCII (RFC 2047): a line break in a name begins no header of its own."""
    clean = CONTROLS.sub(" ", value).strip()
    return clean if clean.isascii() and len(clean) < 900 else Header(clean, "utf-8").encode(linesep="\r\n")


@lru_cache(maxsize=1024)
def from_header(name: str) -> str:
    """The site's address, under the name of the organization when there is one."""
    own_name, address = parseaddr(settings.MAIL_FROM)
    return formataddr((CONTROLS.sub(" ", name or own_name).strip(), address))


def wire_address(address: str) -> str:
    """The stored address with its domain in ASCII (RFC 5891). Raises Unwritable."""
    if address.isascii() and ADDRESS.fullmatch(address):
        return address
    local, _, domain = address.rpartition("@")
    try:
        written = f"{local}@{idna.encode(domain, uts46=True).decode('ascii')}"
    except (idna.IDNAError, UnicodeError) as fault:
        raise Unwritable(f"{domain} is not a domain name.") from fault
    if not ADDRESS.fullmatch(written):
        raise Unwritable("The address cannot be written to.")
    return written
