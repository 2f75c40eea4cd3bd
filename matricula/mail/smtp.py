"""Letters on their way to a mail server (RFC 5321), many at a time over a few connections."""

import re
import smtplib
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from urllib.parse import parse_qs, unquote, urlsplit

from matricula.mail.envelopes import Envelope
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
