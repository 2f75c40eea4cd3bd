"""Who takes letters to where they go, by EMAIL_URL: a mail server, a provider's API, the inbox page."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from anymail.exceptions import AnymailAPIError
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from requests.adapters import HTTPAdapter

from matricula.mail.composition import Message
from matricula.mail.envelopes import Envelope, encoded_header, from_header, make_envelope, wire_address
from matricula.mail.models import InboxLetter, Letter
from matricula.mail.smtp import MailServer, NotHandedOver, Over, Pool, Trip, WayClosed
from matricula.security.tls import tls_context


class ReportsAnswer(Protocol):
    """Hears what became of a letter: handed over, under the provider's id if it gave one, or why not."""

    def __call__(self, letter: Letter, refusal: OSError | None, provider_id: str = "") -> None: ...


class Transport(Protocol):
    """Takes messages to where they are going, until it is `over`; `told` hears of each, from any thread."""

    def carry(self, posts: list[tuple[Letter, Message]], told: ReportsAnswer, over: Over) -> None: ...


def still_to_go(
    posts: list[tuple[Letter, Message]], told: ReportsAnswer, over: Over
) -> Iterator[tuple[Letter, Message]]:
    """Each of `posts` as long as it is not over; then `told` hears of the rest."""
    for letter, message in posts:
        if over():
            told(letter, NotHandedOver())
        else:
            yield letter, message


class InboxTransport:
    """Development: letters land on the inbox page."""

    def carry(self, posts: list[tuple[Letter, Message]], told: ReportsAnswer, over: Over) -> None:
        for letter, message in still_to_go(posts, told, over):
            shown = {
                "to": letter.to,
                "sender": from_header(message.sender_name),
                "subject": message.subject,
                "text": message.text,
                "html": message.html,
            }
            InboxLetter.objects.update_or_create(letter=letter, defaults=shown)
            told(letter, None)


class SmtpTransport:
    """A mail server, over connections that outlive the batch."""

    def __init__(self, url: str, connections: int) -> None:
        self.pool = Pool(MailServer(url), connections)

    def carry(self, posts: list[tuple[Letter, Message]], told: ReportsAnswer, over: Over) -> None:
        def written() -> Iterator[Envelope]:
            for letter, message in still_to_go(posts, told, over):
                try:
                    yield make_envelope(letter, message)
                except OSError as fault:
                    told(letter, fault)

        self.pool.carry(written(), lambda one, refusal: told(one.letter, refusal), over)


class TrustedWay(HTTPAdapter):
    """Requests of a provider's library, with our own look at certificates."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_context=tls_context())

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        return super().proxy_manager_for(proxy, **kwargs, ssl_context=tls_context())


NOT_US = (401, 403, 407, 429)
"""Answers of a provider's API to whoever asks, whatever they ask (RFC 9110, section 15.5; RFC 6585)."""


class ProviderTransport:
    """A provider's API by django-anymail: `anymail://postmark?POSTMARK_SERVER_TOKEN=…`."""

    def __init__(self, url: str) -> None:
        name, options = provider_of(url)
        backend = import_module(f"anymail.backends.{name}").EmailBackend
        self.connection = backend(**{key.removeprefix(f"{name.upper()}_").lower(): value
                                     for key, value in options.items()})  # fmt: skip

    def carry(self, posts: list[tuple[Letter, Message]], told: ReportsAnswer, over: Over) -> None:
        trip = Trip(over)
        for letter, message in posts:
            try:
                trip.go_on()
                number = self.hand_over(provider_mail(letter, message))
            except WayClosed as fault:
                trip.closed = trip.closed or OSError(str(fault.__cause__))
                told(letter, fault)
            except NotHandedOver as late:
                told(letter, late)
            except Exception as fault:  # every provider has faults of its own
                told(letter, OSError(str(fault)))
            else:
                told(letter, None, number)
        self.connection.close()

    def hand_over(self, mail: EmailMultiAlternatives) -> str:
        """The provider's number of it. Raises WayClosed where the provider is away or does not want us."""
        try:
            self.open()
            self.connection.send_messages([mail])
        except AnymailAPIError as fault:
            if fault.status_code is None or fault.status_code in NOT_US or fault.status_code >= 500:
                raise WayClosed from OSError(str(fault))
            raise
        return mail.anymail_status.message_id or ""  # type: ignore[attr-defined]

    def open(self) -> None:
        """One session for a batch; providers without HTTP of their own have none."""
        if self.connection.open() and getattr(self.connection, "session", None):
            self.connection.session.mount("https://", TrustedWay())


def provider_of(url: str) -> tuple[str, dict[str, str]]:
    """The provider an EMAIL_URL names, and its options."""
    parts = urlsplit(url)
    return parts.hostname or "", dict(parse_qsl(parts.query))


def provider_mail(letter: Letter, message: Message) -> EmailMultiAlternatives:
    headers = {"Message-ID": letter.message_id, "Auto-Submitted": "auto-generated"}
    if message.unsubscribe:
        headers["List-Unsubscribe"] = f"<{message.unsubscribe}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    sender, to = from_header(message.sender_name), wire_address(letter.to)
    mail = EmailMultiAlternatives(
        encoded_header(message.subject), message.text, sender, [to], headers=headers
    )
    mail.attach_alternative(message.html, "text/html")
    return mail


@cache
def transport_of_settings(url: str, bulk: bool | None = None) -> Transport:
    """The carrier for an EMAIL_URL, one a process and lane: no lane's letters wait for another's."""
    if url.startswith("inbox:"):
        return InboxTransport()
    return ProviderTransport(url) if url.startswith("anymail:") else SmtpTransport(url, connections_of(bulk))


def connections_of(bulk: bool | None) -> int:
    """Of a process's share a quarter is for awaited letters; each lane has one at least."""
    share = settings.MAIL_CONNECTIONS // settings.WORKER_PROCESSES
    awaited = max(1, share // 4)
    return max(1, share) if bulk is None else max(1, share - awaited) if bulk else awaited
