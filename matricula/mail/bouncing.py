"""Hearing of letters that came back: from the mailbox bounces go to, read every two minutes.

Nothing in the mailbox is changed. How far it was read is kept here, and moves on in the transaction that
bounces the letters: after a kill the same messages are read again, and a letter bounces once.
"""

import imaplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import transaction
from imapclient import IMAPClient, SocketTimeout

from matricula.jobs.models import Job
from matricula.jobs.performing import every
from matricula.mail.delivery import bounce
from matricula.mail.models import Letter, Mailbox
from matricula.mail.returning import LARGEST, read_return
from matricula.web.trust import tls_context, verifying

INTERVAL = timedelta(minutes=2)
BATCH = 200
TOGETHER = 20
"""Messages fetched by one command, of a quarter of a megabyte each at most."""
PATIENCE = SocketTimeout(connect=10, read=20)
BEGINNING = f"BODY.PEEK[]<0.{LARGEST}>"


@dataclass(frozen=True)
class MailboxServer:
    """What MATRICULA_BOUNCE_MAILBOX names: `imaps://user:password@host:993/INBOX`."""

    url: str

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
        return IMAPClient(parts.hostname, parts.port, ssl=secure, ssl_context=context, timeout=PATIENCE)


@every("mail.bounces", INTERVAL, atomic=False)
def read_bounces(job: Job) -> bool:
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
            take_in(
                box,
                validity,
                some[-1],
                [fetched[uid].get(b"BODY[]<0>", b"") for uid in some if uid in fetched],
            )
    return len(waiting) > BATCH


@transaction.atomic
def take_in(box: Mailbox, validity: int, uid: int, contents: list[bytes]) -> None:
    """Bounce what came back, and move on to `uid`. Raises ReadElsewhere when another worker did."""
    before = Mailbox.objects.filter(pk=box.pk, uid_validity=box.uid_validity, uid=box.uid)
    if not before.update(uid_validity=validity, uid=uid):
        raise ReadElsewhere
    box.uid_validity, box.uid = validity, uid
    for returned in filter(None, map(read_return, contents)):
        letter = Letter.objects.filter(pk=returned.letter).first()
        if letter:
            bounce(letter, returned.words)


class ReadElsewhere(Exception):
    """Another worker reads the mailbox at this moment."""


def refusal(url: str) -> str:
    """Why the mailbox cannot be read, or nothing."""
    try:
        with MailboxServer(url).opened():
            return ""
    except (imaplib.IMAP4.error, OSError) as fault:
        return str(fault)
