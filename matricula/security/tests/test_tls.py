"""Nothing is said to a server that does not prove its name: TLS servers on loopback, good ones and bad."""

import json
import socket
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import StreamRequestHandler, ThreadingTCPServer

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from matricula import checking
from matricula.mail import transports
from matricula.mail.bounces import MailboxServer
from matricula.mail.bounces import mailbox_fault as mailbox_refusal
from matricula.mail.composition import LetterContent, composes
from matricula.mail.delivery import ATTEMPTS, deliver_due
from matricula.mail.models import Letter
from matricula.mail.sending import note_open
from matricula.security.tests.certificates import HOST, Authority
from matricula.security.tls import CertificateRefused

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS"),
]
WAYS = ["smtps", "starttls", "anymail"]
BAD = {
    "signed by itself": ({"by_itself": True}, "self-signed certificate"),
    "for another host": ({"host": "mail.elsewhere.example"}, "not valid for 'localhost'"),
    "expired": ({"days": -1}, "certificate has expired; renew it there"),
}


class Heard:
    """What a server was told: passwords and letters."""

    def __init__(self):
        self.passwords, self.letters = [], []

    def authenticate(self, server, session, envelope, mechanism, data):
        self.passwords.append(data.password)
        return AuthResult(success=True)

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.letters.append(envelope.content)
        return "250 OK"


class QuietController(Controller):
    """Without aiosmtpd's own knock at its door, which speaks no TLS."""

    def _trigger_server(self):
        with suppress(OSError), socket.create_connection((self.hostname, self.port), 5):
            pass


@contextmanager
def mail_server(heard, context, *, from_the_start):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    tls = {"ssl_context": context} if from_the_start else {"tls_context": context, "require_starttls": True}
    controller = QuietController(
        heard,
        hostname="127.0.0.1",
        port=port,
        authenticator=heard.authenticate,
        auth_required=True,
        auth_require_tls=not from_the_start,
        **tls,
    )
    controller.start()
    scheme, query = ("smtps", "") if from_the_start else ("smtp", "?tls=1")
    yield f"{scheme}://matricula:secret@{HOST}:{port}/{query}"
    controller.stop()


def serving(server, context):
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()


@contextmanager
def provider(heard, context):
    """As Postmark answers."""

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.passwords.append(self.headers["X-Postmark-Server-Token"])
            heard.letters.append(body)
            answer = json.dumps(
                {"ErrorCode": 0, "Message": "OK", "MessageID": "1", "To": "ada@nordlicht.example"}
            ).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.handle_error = lambda *about: None
    serving(server, context)
    port = server.server_address[1]
    yield f"anymail://postmark?POSTMARK_SERVER_TOKEN=secret&POSTMARK_API_URL=https://{HOST}:{port}/"
    server.shutdown()
    server.server_close()


@contextmanager
def mailbox_server(heard, context):
    """Enough of IMAP to log in and select."""

    class Answers(StreamRequestHandler):
        def handle(self):
            with suppress(OSError):
                self.wfile.write(b"* OK [CAPABILITY IMAP4rev1] here\r\n")
                for line in self.rfile:
                    heard.passwords.append(line)
                    tag = line.split()[0]
                    self.wfile.write(b"* OK [UIDVALIDITY 7] fine\r\n" + tag + b" OK done\r\n")

    server = ThreadingTCPServer(("127.0.0.1", 0), Answers)
    server.daemon_threads = True
    server.handle_error = lambda *about: None
    serving(server, context)
    yield f"imaps://bounces:secret@{HOST}:{server.server_address[1]}/INBOX"
    server.shutdown()
    server.server_close()


@contextmanager
def way_out(way, heard, context):
    if way == "anymail":
        with provider(heard, context) as url:
            yield url
    else:
        with mail_server(heard, context, from_the_start=way == "smtps") as url:
            yield url


@composes("tests.trust")
def greeting(letter):
    return LetterContent("accounts/email/password")


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


@pytest.fixture
def heard():
    return Heard()


def delivered(settings, url):
    """The letter to Ada, after one try."""
    settings.EMAIL_URL = url
    Letter.objects.create(kind="tests.trust", to="ada@nordlicht.example")
    transports.transport_of_settings.cache_clear()
    deliver_due()
    return Letter.objects.get()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("fault", BAD)
def test_a_server_that_cannot_prove_its_name_gets_neither_password_nor_letter(
    settings, authority, heard, way, fault
):
    settings.CA_FILE = str(authority.file)
    shown, _ = BAD[fault]
    with way_out(way, heard, authority.server(**shown)) as url:
        letter = delivered(settings, url)
    assert (heard.passwords, heard.letters) == ([], [])
    assert (letter.state, letter.attempts < ATTEMPTS) == ("queued", True), letter.error
    assert "certificate" in letter.error


@pytest.mark.parametrize("way", WAYS)
def test_an_authority_that_nobody_here_knows_is_refused_and_named_it_is_believed(
    settings, authority, heard, way
):
    with way_out(way, heard, authority.server()) as url:
        assert delivered(settings, url).state == "queued"
        assert (heard.passwords, heard.letters) == ([], [])
        Letter.objects.all().delete()
        settings.CA_FILE = str(authority.file)
        note_open()
        letter = delivered(settings, url)
        assert letter.state == "sent", letter.error
    assert (len(heard.passwords), len(heard.letters)) == (1, 1)


@pytest.mark.parametrize("way", ["smtps", "starttls"])
@pytest.mark.parametrize("fault", BAD)
def test_check_says_why_a_mail_servers_certificate_is_refused(settings, authority, heard, way, fault):
    settings.CA_FILE = str(authority.file)
    shown, words = BAD[fault]
    with way_out(way, heard, authority.server(**shown)) as settings.EMAIL_URL:
        (said,) = checking.mail()
    assert said.startswith(
        "The mail server of EMAIL_URL does not take us: the certificate of localhost is refused: "
    )
    assert words in said
    assert ("MATRICULA_CA_FILE" in said) == (fault == "signed by itself")


@pytest.mark.parametrize("way", ["smtps", "starttls"])
def test_check_has_nothing_to_say_of_a_mail_server_whose_authority_is_named(settings, authority, heard, way):
    settings.CA_FILE = str(authority.file)
    with way_out(way, heard, authority.server()) as settings.EMAIL_URL:
        assert list(checking.mail()) == []


@pytest.mark.parametrize("fault", BAD)
def test_a_mailbox_whose_server_cannot_prove_its_name_is_told_no_password(settings, authority, heard, fault):
    settings.CA_FILE = str(authority.file)
    shown, words = BAD[fault]
    with mailbox_server(heard, authority.server(**shown)) as url:
        with pytest.raises(CertificateRefused), MailboxServer(url).opened():
            pass
        settings.BOUNCE_MAILBOX = url
        (said,) = checking.bounces()
    assert heard.passwords == []
    assert said.startswith(
        "The mailbox of MATRICULA_BOUNCE_MAILBOX cannot be read: the certificate of localhost"
    )
    assert words in said


def test_a_mailbox_whose_servers_authority_is_named_is_read(settings, authority, heard):
    with mailbox_server(heard, authority.server()) as url:
        assert "MATRICULA_CA_FILE" in mailbox_refusal(url)
        settings.CA_FILE = str(authority.file)
        assert mailbox_refusal(url) == ""


def test_a_mail_server_that_offers_no_tls_or_refuses_it_loses_no_letter(settings, heard):
    """With tls=1 nothing is said in the open, and a 5xx to STARTTLS is no verdict on Ada's letter."""

    class Refuses(StreamRequestHandler):
        def handle(self):
            self.wfile.write(b"220 here\r\n")
            for line in self.rfile:
                heard.passwords.append(line.split()[0].upper())
                offer = b"250-here\r\n250-AUTH PLAIN\r\n250 STARTTLS\r\n"
                self.wfile.write(offer if heard.passwords[-1] == b"EHLO" else b"554 no TLS today\r\n")

    server = ThreadingTCPServer(("127.0.0.1", 0), Refuses)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    letter = delivered(settings, f"smtp://matricula:secret@127.0.0.1:{server.server_address[1]}/?tls=1")
    server.shutdown()
    server.server_close()
    assert set(heard.passwords) <= {b"EHLO", b"STARTTLS", b"QUIT", b"RSET"}
    assert (letter.state, letter.error) == ("queued", "554 no TLS today")
