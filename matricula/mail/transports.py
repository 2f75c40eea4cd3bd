"""Who takes letters to where they go, by EMAIL_URL: a mail server, a provider's API, the inbox page."""

import re
import smtplib
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from importlib import import_module
from typing import Any, Protocol
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

from anymail.exceptions import AnymailAPIError
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from requests.adapters import HTTPAdapter

from matricula.mail.composition import Message
from matricula.mail.envelopes import Envelope, encoded_header, from_header, make_envelope, wire_address
from matricula.mail.models import InboxLetter, Letter
from matricula.security.tls import tls_context, verifying

TIMEOUT_SECONDS = 30
LEADING_DOT = re.compile(rb"(?m)^\.")
"""Of a line; it is doubled, for a dot alone ends the letter (RFC 5321, 4.5.2)."""
Told = Callable[[Envelope, OSError | None], None]
CLOSING = 421
"""Service not available, closing transmission channel (RFC 5321, section 4.2.3)."""
Over = Callable[[], bool]
"""Whether nothing more is to be handed over: asked before each letter."""


class NotHandedOver(OSError):
    """Nothing is wrong with the letter: it was too late for it, and it is to be given back."""


class WayClosed(OSError):
    """Nobody answers, or whoever does will not have us: no letter is to blame. Its cause says more."""


def codes_of(refusal: OSError) -> list[int]:
    if isinstance(refusal, smtplib.SMTPRecipientsRefused):
        return [code for code, _ in refusal.recipients.values()]
    return [refusal.smtp_code] if isinstance(refusal, smtplib.SMTPResponseException) else []


class Trip:
    """Letters on their way together: once it is over, or the way is closed for one, the others do not try."""

    def __init__(self, over: Over) -> None:
        self.over = over
        self.closed: OSError | None = None

    def go_on(self) -> None:
        """Raises WayClosed, NotHandedOver."""
        if self.closed:
            raise WayClosed from self.closed
        if self.over():
            raise NotHandedOver


class MailServer:
    """What EMAIL_URL names: `smtp://user:password@host:587/?tls=1`, or `smtps://…` for TLS from the start."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.secure = parts.scheme == "smtps"
        self.starts_tls = not self.secure and parse_qs(parts.query).get("tls") == ["1"]
        self.host = parts.hostname or "localhost"
        self.port = parts.port or (465 if self.secure else 25)
        self.user, self.password = unquote(parts.username or ""), unquote(parts.password or "")

    def connect(self, timeout: float = TIMEOUT_SECONDS) -> smtplib.SMTP:
        """Nobody is told the password who has not proven to be the host. Raises OSError with the mail
        server's words, CertificateRefused."""
        with verifying(self.host):
            connection = self.reach(timeout)
            try:
                self.introduce(connection)
            except BaseException:
                connection.close()
                raise
        return connection

    def reach(self, timeout: float) -> smtplib.SMTP:
        if self.secure:
            return smtplib.SMTP_SSL(self.host, self.port, timeout=timeout, context=tls_context())
        return smtplib.SMTP(self.host, self.port, timeout=timeout)

    def introduce(self, connection: smtplib.SMTP) -> None:
        if self.starts_tls:
            start_tls(connection)
        if self.user:
            connection.login(self.user, self.password)
        connection.ehlo_or_helo_if_needed()


def start_tls(connection: smtplib.SMTP) -> None:
    """A server that refuses refuses us, not a letter. Raises SMTPConnectError, SMTPNotSupportedError."""
    try:
        connection.starttls(context=tls_context())
    except smtplib.SMTPResponseException as refusal:
        raise smtplib.SMTPConnectError(refusal.smtp_code, refusal.smtp_error) from refusal


CLOSED = (WayClosed, TimeoutError, smtplib.SMTPServerDisconnected)
"""After these the next letter would fare no better. The last two may lie in the letter: it is tried later."""


class Pool:
    """Connections to one mail server, one a thread."""

    def __init__(self, server: MailServer, connections: int) -> None:
        self.server = server
        self.threads = ThreadPoolExecutor(connections, thread_name_prefix="smtp")
        self.own = threading.local()

    def carry(self, envelopes: Iterable[Envelope], told: Told, over: Over) -> None:
        """Hand every envelope over and return at once; `told` hears of each, from another thread."""
        trip = Trip(over)
        for one in envelopes:
            self.threads.submit(self.carry_one, one, told, trip)

    def carry_one(self, one: Envelope, told: Told, trip: Trip) -> None:
        try:
            trip.go_on()
            self.hand_over_or_reconnect(one)
        except NotHandedOver as late:
            told(one, late)
        except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as refusal:
            told(one, refusal)
        except Exception as fault:  # whatever it is, somebody waits for the answer
            if isinstance(fault, CLOSED):
                trip.closed = fault.__cause__ if isinstance(fault.__cause__, OSError) else fault
            self.hang_up()
            told(one, fault if isinstance(fault, OSError) else OSError(repr(fault)))
        else:
            told(one, None)

    def hand_over_or_reconnect(self, one: Envelope) -> None:
        """A server may have hung up on a connection that nobody used. Raises WayClosed and as `hand_over`."""
        try:
            self.hand_over(one)
        except smtplib.SMTPServerDisconnected:
            self.hang_up()
            self.hand_over(one)

    def hand_over(self, one: Envelope) -> None:
        try:
            connection = self.connection()
        except OSError as fault:
            raise WayClosed from fault
        try:
            hand_over(connection, one)
        except smtplib.SMTPSenderRefused as refusal:  # all letters have one sender
            raise WayClosed from refusal
        except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as refusal:
            if CLOSING in codes_of(refusal):
                raise WayClosed from refusal
            raise

    def connection(self) -> smtplib.SMTP:
        """This thread's connection, opened when it is needed."""
        if getattr(self.own, "connection", None) is None:
            self.own.connection = self.server.connect()
        found: smtplib.SMTP = self.own.connection
        return found

    def hang_up(self) -> None:
        """The next letter of this thread opens a new connection."""
        with suppress(OSError, AttributeError):
            self.own.connection.close()
        self.own.connection = None


def hand_over(connection: smtplib.SMTP, one: Envelope) -> None:
    """One mail transaction (RFC 5321, 3.3), its commands in one write where the server allows (RFC 2920).

    Raises SMTPSenderRefused, SMTPRecipientsRefused, SMTPDataError, SMTPServerDisconnected.
    """
    commands = [f"MAIL FROM:<{one.sender}>", f"RCPT TO:<{one.recipient}>", "DATA"]
    mail, recipient, data = ask_all(connection, commands)
    if data[0] == 354:
        refused = mail[0] != 250 or recipient[0] not in (250, 251)
        connection.send(b".\r\n" if refused else LEADING_DOT.sub(b"..", one.content) + b".\r\n")
        data = connection.getreply()
    if mail[0] == 250 and recipient[0] in (250, 251) and data[0] == 250:
        return
    with suppress(smtplib.SMTPServerDisconnected):
        connection.rset()
    if mail[0] != 250:
        raise smtplib.SMTPSenderRefused(*mail, one.sender)
    if recipient[0] not in (250, 251):
        raise smtplib.SMTPRecipientsRefused({one.recipient: recipient})
    raise smtplib.SMTPDataError(*data)


def ask_all(connection: smtplib.SMTP, commands: list[str]) -> list[tuple[int, bytes]]:
    """The answers to `commands`; without pipelining the first refusal stands for the rest."""
    if connection.has_extn("pipelining"):
        connection.send("".join(f"{command}\r\n" for command in commands).encode("ascii"))
        return [connection.getreply() for _ in commands]
    answers: list[tuple[int, bytes]] = []
    for command in commands:
        refused = next((answer for answer in answers if answer[0] >= 400), None)
        answers.append(refused or connection.docmd(command))
    return answers


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
