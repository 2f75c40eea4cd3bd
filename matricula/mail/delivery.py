"""Delivering what is due. A letter is leased, composed, committed, sent and settled, so a kill at any
moment loses none: a lease that ran out is taken up again."""

from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPResponseException
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from matricula.mail.models import InboxLetter, Letter
from matricula.mail.rendering import Message, compose
from matricula.mail.signals import letter_settled

BATCH = 100
ATTEMPTS = 6


class Carrier(Protocol):
    """Takes a message to where it is going, or raises OSError with the mail server's words."""

    def carry(self, letter: Letter, message: Message) -> None: ...


class InboxCarrier:
    """Development: letters land on the inbox page."""

    def carry(self, letter: Letter, message: Message) -> None:
        InboxLetter.objects.update_or_create(
            letter=letter,
            defaults={
                "to": letter.to,
                "sender": settings.MAIL_FROM,
                "subject": message.subject,
                "text": message.text,
                "html": message.html,
            },
        )


class SmtpCarrier:
    """A mail server, named by EMAIL_URL; one connection serves a whole batch."""

    def __init__(self) -> None:
        self.connection = get_connection(**smtp_options(settings.EMAIL_URL))

    def carry(self, letter: Letter, message: Message) -> None:
        mail = EmailMultiAlternatives(
            message.subject,
            message.text,
            settings.MAIL_FROM,
            [letter.to],
            headers={"Message-ID": letter.message_id, "Auto-Submitted": "auto-generated"},
            connection=self.connection,
        )
        mail.attach_alternative(message.html, "text/html")
        self.connection.open()
        mail.send()


def smtp_options(url: str) -> dict[str, Any]:
    """Connection options of `smtp://user:password@host:587/?tls=1` or `smtps://…`."""
    parts = urlsplit(url)
    return {
        "backend": "django.core.mail.backends.smtp.EmailBackend",
        "host": parts.hostname or "localhost",
        "port": parts.port or (465 if parts.scheme == "smtps" else 25),
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_ssl": parts.scheme == "smtps",
        "use_tls": "tls=1" in parts.query,
        "timeout": 30,
    }


def carrier() -> Carrier:
    return InboxCarrier() if settings.EMAIL_URL.startswith("inbox:") else SmtpCarrier()


def deliver_due(limit: int = BATCH) -> int:
    """Deliver up to `limit` letters that are due; how many were taken up."""
    leased = lease(limit)
    if leased:
        courier = carrier()
        for letter in leased:
            deliver(letter, courier)
    return len(leased)


def lease(limit: int) -> list[Letter]:
    """Take letters that nobody else holds. Each is won by a guarded update."""
    now = timezone.now()
    waiting = Q(state=Letter.State.QUEUED, due_at__lte=now)
    abandoned = Q(state=Letter.State.SENDING, leased_until__lt=now)
    candidates = (
        Letter.objects.filter(waiting | abandoned).order_by("id").values_list("id", flat=True)[:limit]
    )
    until = now + timedelta(seconds=settings.MAIL_LEASE_SECONDS)
    won = [pk for pk in candidates if _win(pk, waiting | abandoned, until)]
    return list(Letter.objects.filter(pk__in=won).order_by("id"))


def _win(pk: int, free: Q, until: object) -> bool:
    rows = Letter.objects.filter(free, pk=pk)
    return bool(
        rows.update(
            state=Letter.State.SENDING,
            leased_until=until,
            attempts=F("attempts") + 1,
        )
    )


def deliver(letter: Letter, courier: Carrier) -> None:
    """Compose and commit first, so that the secrets in a letter that leaves are already known."""
    with transaction.atomic():
        message = compose(letter)
    if message is None:
        settle(letter, Letter.State.FAILED, "No longer needed.")
        return
    try:
        courier.carry(letter, message)
    except OSError as refusal:
        postpone(letter, words_of(refusal), final=is_final(refusal))
    else:
        settle(letter, Letter.State.SENT)


def answers_of(refusal: OSError) -> list[tuple[int, bytes | str]]:
    """The mail server's answers: code (RFC 5321, section 4.2) and words."""
    if isinstance(refusal, SMTPRecipientsRefused):
        return list(refusal.recipients.values())
    return [(refusal.smtp_code, refusal.smtp_error)] if isinstance(refusal, SMTPResponseException) else []


def is_final(refusal: OSError) -> bool:
    """5xx: asking again will not help."""
    return any(500 <= code <= 599 for code, _ in answers_of(refusal))


def words_of(refusal: OSError) -> str:
    """The mail server's words, or the fault's own."""
    said = [f"{code} {words.decode(errors='replace') if isinstance(words, bytes) else words}"
            for code, words in answers_of(refusal)]  # fmt: skip
    return "; ".join(said) or str(refusal)


def postpone(letter: Letter, words: str, *, final: bool) -> None:
    """Try again later, each time after a longer pause; the last refusal is final."""
    if final or letter.attempts >= ATTEMPTS:
        settle(letter, Letter.State.FAILED, words)
        return
    due = timezone.now() + timedelta(seconds=30 * 4 ** (letter.attempts - 1))
    Letter.objects.filter(pk=letter.pk).update(state=Letter.State.QUEUED, due_at=due, error=words)


@transaction.atomic
def settle(letter: Letter, state: Letter.State, error: str = "") -> None:
    """The end of a letter's way, and the news of it."""
    rows = Letter.objects.filter(pk=letter.pk, state=Letter.State.SENDING)
    if rows.update(state=state, error=error, settled_at=timezone.now(), leased_until=None):
        letter.state = state
        letter_settled.send(Letter, letter=letter)
