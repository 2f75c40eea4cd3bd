"""Letters that came back: read from the mailbox bounces go to; which letter each is about, and why."""

import hmac
import imaplib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import transaction
from imapclient import IMAPClient

from matricula.mail.composition import one_line
from matricula.mail.delivery import note_bounced
from matricula.mail.models import Letter, Mailbox
from matricula.security.tls import tls_context, verifying

LARGEST = 256 * 1024
"""Bytes of a message that are looked at."""
MOST_PARTS = 60
MOST_IDS = 50
OUR_ID = re.compile(rb"<(\d{1,18})\.([0-9a-f]{24})@")
"""Our Message-ID: the letter's number and its digest. The digits end before they are no number of a row."""
FINAL = re.compile(r"\b5\d\d[ -]|\b5\.\d{1,3}\.\d{1,3}\b")
"""A mail server's answer that asking again will not change (RFC 5321, 4.2.1; RFC 3463, 2)."""
SENDERS = re.compile(r"\b(mailer-daemon|postmaster)@", re.IGNORECASE)


@dataclass(frozen=True)
class Bounce:
    """A letter that came back for good, with the mail server's words."""

    letter: int
    words: str


def read_bounce(content: bytes) -> Bounce | None:
    """None for what is no final return of a letter of ours: a delay, a reply, a holiday notice, spam."""
    try:
        message = BytesParser(policy=compat32).parsebytes(content[:LARGEST])
        words = bounce_words(message)
        letter = letter_in(content[:LARGEST], message) if words else None
    except Exception:  # the parser has faults of its own for what no mail program writes, nesting above all
        return None
    return Bounce(letter, words) if letter else None


def parts_of(message: Message) -> Iterator[Message]:
    """The message and the first of what is in it, without recursion."""
    waiting, seen = [message], 0
    while waiting and seen < MOST_PARTS:
        part, seen = waiting.pop(0), seen + 1
        yield part
        waiting += returned_message(part)


def returned_message(part: Message) -> list[Message]:
    inner = part.get_payload()
    return [one for one in inner if isinstance(one, Message)] if isinstance(inner, list) else []


def bounce_words(message: Message) -> str:
    """Why it came back for good, or nothing."""
    parts = list(parts_of(message))
    reports = [one for one in parts if one.get_content_type() == "message/delivery-status"]
    if reports:
        return next(filter(None, map(words_of_report, reports)), "")
    return words_of_plain(message, parts)


def words_of_report(report: Message) -> str:
    """Of the first recipient it failed for (2.3.3): a delay is no failure, giving up after many is one."""
    for recipient in returned_message(report):
        action, status = report_field(recipient, "Action").lower(), report_field(recipient, "Status")
        if action == "failed" or (not action and status.startswith("5")):
            said = report_field(recipient, "Diagnostic-Code")
            return re.sub(r"^[\w.-]+;\s*", "", said) or status or "failed"
    return ""


def words_of_plain(message: Message, parts: list[Message]) -> str:
    """Of a mail server that writes its reports in words, as qmail and Exim do."""
    failed = "X-Failed-Recipients" in message
    if not failed and not is_by_mail_server(message):
        return ""
    written = next((text_of(one) for one in parts if one.get_content_type() == "text/plain"), "")
    said = next((line for line in own_lines(written) if FINAL.search(line)), "")
    return one_line(said) or ("The mail server returned the letter." if failed else "")


def own_lines(written: str) -> Iterator[str]:
    """Up to where a copy of the letter begins."""
    for line in written.splitlines():
        if line.startswith("--") and re.search("copy|original|returned", line[:200].lower()):
            return
        yield line


def is_by_mail_server(message: Message) -> bool:
    """Not somebody's holiday notice, which says so itself (RFC 3834, 5)."""
    if report_field(message, "Auto-Submitted").lower().startswith("auto-replied"):
        return False
    return report_field(message, "Return-Path") == "<>" or bool(SENDERS.search(report_field(message, "From")))


def letter_in(content: bytes, message: Message) -> int | None:
    """The letter whose Message-ID stands in the message, in the returned headers or anywhere else."""
    for found in ids_in(content, message):
        number, given = found[0].decode(), found[1].decode()
        if any(hmac.compare_digest(given, known) for known in Letter(pk=int(number)).proofs()):
            return int(number)
    return None


def ids_in(content: bytes, message: Message) -> list[tuple[bytes, bytes]]:
    """What looks like our Message-IDs; parts that are wrapped for the wire are unwrapped first."""
    found = OUR_ID.findall(content)
    for part in parts_of(message):
        if report_field(part, "Content-Transfer-Encoding").lower() in ("base64", "quoted-printable"):
            found += OUR_ID.findall(bytes_of(part))
    return found[:MOST_IDS]


def report_field(part: Message, name: str) -> str:
    return one_line(str(part.get(name, "")))


def bytes_of(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def text_of(part: Message) -> str:
    """Its charset is not asked: whoever wrote the message chose it. Mail servers' words are ASCII."""
    return bytes_of(part).decode("utf-8", errors="replace")


INTERVAL = timedelta(minutes=2)
BATCH = 200
TOGETHER = 20
"""Messages fetched by one command, of a quarter of a megabyte each at most."""
PATIENCE_SECONDS = 20
LITTLE_PATIENCE_SECONDS = 5
"""Of an operator who asks whether it can be read."""
BEGINNING = f"BODY.PEEK[]<0.{LARGEST}>"


@dataclass(frozen=True)
class MailboxServer:
    """What MATRICULA_BOUNCE_MAILBOX names: `imaps://user:password@host:993/INBOX`."""

    url: str
    patience: float = PATIENCE_SECONDS

    @property
    def folder(self) -> str:
        return unquote(urlsplit(self.url).path.lstrip("/")) or "INBOX"

    @property
    def name(self) -> str:
        """The same mailbox, without its password."""
        parts = urlsplit(self.url)
        return f"{parts.username}@{parts.hostname}/{self.folder}"[:300]

    @contextmanager
    def opened(self) -> Iterator[tuple[IMAPClient, int]]:
        """The mailbox, only to read, and its UIDVALIDITY. Raises IMAPClientError, OSError."""
        parts = urlsplit(self.url)
        with verifying(parts.hostname or ""):
            client = self.reach()
        with client:
            client.login(unquote(parts.username or ""), unquote(parts.password or ""))
            yield client, int(client.select_folder(self.folder, readonly=True)[b"UIDVALIDITY"])

    def reach(self) -> IMAPClient:
        parts = urlsplit(self.url)
        secure = parts.scheme == "imaps"
        context = tls_context() if secure else None
        return IMAPClient(parts.hostname, parts.port, ssl=secure, ssl_context=context, timeout=self.patience)


def read_bounces() -> bool:
    """Some of the messages that came since; True when there are more."""
    return bool(settings.BOUNCE_MAILBOX) and read_some(MailboxServer(settings.BOUNCE_MAILBOX))


def read_some(server: MailboxServer) -> bool:
    box, _ = Mailbox.objects.get_or_create(name=server.name)
    with server.opened() as (client, validity):
        read_to = box.uid if box.uid_validity == validity else 0
        waiting = sorted(uid for uid in client.search(["UID", f"{read_to + 1}:*"]) if uid > read_to)
        for start in range(0, min(len(waiting), BATCH), TOGETHER):
            some = waiting[start : start + TOGETHER]
            fetched = client.fetch(some, [BEGINNING])
            take_in_bounces(
                box,
                validity,
                some[-1],
                [fetched[uid].get(b"BODY[]<0>", b"") for uid in some if uid in fetched],
            )
    return len(waiting) > BATCH


@transaction.atomic
def take_in_bounces(box: Mailbox, validity: int, uid: int, contents: list[bytes]) -> None:
    """Bounce what came back, and move on to `uid`. Raises ReadElsewhere when another worker did."""
    before = Mailbox.objects.filter(pk=box.pk, uid_validity=box.uid_validity, uid=box.uid)
    if not before.update(uid_validity=validity, uid=uid):
        raise ReadElsewhere
    box.uid_validity, box.uid = validity, uid
    for returned in filter(None, map(read_bounce, contents)):
        letter = Letter.objects.filter(pk=returned.letter).first()
        if letter:
            note_bounced(letter, returned.words)


class ReadElsewhere(Exception):
    """Another worker reads the mailbox at this moment."""


def mailbox_fault(url: str) -> str:
    """Why the mailbox cannot be read, or nothing."""
    try:
        with MailboxServer(url, LITTLE_PATIENCE_SECONDS).opened():
            return ""
    except (imaplib.IMAP4.error, OSError) as fault:
        return str(fault)
