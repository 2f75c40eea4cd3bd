"""Who takes letters to where they go, by EMAIL_URL: a mail server, a provider's API, the inbox page."""

from functools import cache
from importlib import import_module
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from requests.adapters import HTTPAdapter

from matricula.mail.enveloping import envelope, from_header, header, wire_address
from matricula.mail.models import InboxLetter, Letter
from matricula.mail.rendering import Message
from matricula.mail.smtp import MailServer, Pool
from matricula.web.trust import tls_context


class Told(Protocol):
    """Hears what became of a letter: handed over, under the provider's id if it gave one, or why not."""

    def __call__(self, letter: Letter, refusal: OSError | None, provider_id: str = "") -> None: ...


class Carrier(Protocol):
    """Takes messages to where they are going; `told` hears of every one, from any thread."""

    def carry(self, posts: list[tuple[Letter, Message]], told: Told) -> None: ...


class InboxCarrier:
    """Development: letters land on the inbox page."""

    def carry(self, posts: list[tuple[Letter, Message]], told: Told) -> None:
        for letter, message in posts:
            shown = {
                "to": letter.to,
                "sender": from_header(message.sender_name),
                "subject": message.subject,
                "text": message.text,
                "html": message.html,
            }
            InboxLetter.objects.update_or_create(letter=letter, defaults=shown)
            told(letter, None)


class SmtpCarrier:
    """A mail server, over connections that outlive the batch."""

    def __init__(self, url: str) -> None:
        share = settings.MAIL_CONNECTIONS // settings.WORKER_PROCESSES
        self.pool = Pool(MailServer(url), max(1, share))

    def carry(self, posts: list[tuple[Letter, Message]], told: Told) -> None:
        for letter, message in posts:
            try:
                written = envelope(letter, message)
            except OSError as fault:
                told(letter, fault)
            else:
                self.pool.carry([written], lambda one, refusal: told(one.letter, refusal))


class TrustedWay(HTTPAdapter):
    """Requests of a provider's library, with our own look at certificates."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_context=tls_context())

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        return super().proxy_manager_for(proxy, **kwargs, ssl_context=tls_context())


class ProviderCarrier:
    """A provider's API by django-anymail: `anymail://postmark?POSTMARK_SERVER_TOKEN=…`."""

    def __init__(self, url: str) -> None:
        name, options = provider_of(url)
        backend = import_module(f"anymail.backends.{name}").EmailBackend
        self.connection = backend(**{key.removeprefix(f"{name.upper()}_").lower(): value
                                     for key, value in options.items()})  # fmt: skip

    def carry(self, posts: list[tuple[Letter, Message]], told: Told) -> None:
        for letter, message in posts:
            mail = provider_mail(letter, message)
            try:
                self.open()
                self.connection.send_messages([mail])
            except Exception as fault:  # every provider has faults of its own
                told(letter, OSError(str(fault)))
            else:
                told(letter, None, mail.anymail_status.message_id or "")  # type: ignore[attr-defined]
        self.connection.close()

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
    mail = EmailMultiAlternatives(header(message.subject), message.text, sender, [to], headers=headers)
    mail.attach_alternative(message.html, "text/html")
    return mail


@cache
def carrier(url: str) -> Carrier:
    """The carrier for an EMAIL_URL, one a process."""
    if url.startswith("inbox:"):
        return InboxCarrier()
    return ProviderCarrier(url) if url.startswith("anymail:") else SmtpCarrier(url)
