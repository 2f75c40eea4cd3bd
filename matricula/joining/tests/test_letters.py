"""Letters to a real mail server on loopback."""

import socket

import pytest
from aiosmtpd.controller import Controller

from matricula.joining.models import Invitation
from matricula.mail.delivery import deliver_due
from matricula.mail.models import Letter

pytestmark = pytest.mark.django_db(transaction=True)


class Sink:
    """Keeps what it takes; refuses whom it is told to."""

    def __init__(self):
        self.letters, self.refused = [], {}

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.letters.append(envelope.content.decode())
        return "250 OK"


@pytest.fixture
def sink(settings):
    handler = Sink()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_URL = f"smtp://127.0.0.1:{port}"
    yield handler
    controller.stop()


def test_an_invitation_arrives_as_text_and_html_and_is_marked_sent(sink, invitation):
    deliver_due()
    (letter,) = sink.letters
    assert "text/plain" in letter
    assert "text/html" in letter
    assert "JOIN NOW" in letter
    invitation.refresh_from_db()
    assert (invitation.state, invitation.sent_at is not None) == ("sent", True)


def test_a_refused_letter_keeps_the_mail_servers_words(sink, invitation):
    sink.refused["ada@nordlicht.example"] = "550 5.1.1 No such mailbox"
    deliver_due()
    invitation.refresh_from_db()
    assert invitation.state == Invitation.State.FAILED
    assert "No such mailbox" in invitation.letter.error


def test_a_busy_mail_server_is_asked_again_later(sink, invitation):
    sink.refused["ada@nordlicht.example"] = "451 4.3.0 Try later"
    deliver_due()
    letter = Letter.objects.get()
    assert (letter.state, letter.attempts) == ("queued", 1)
    assert letter.due_at > letter.queued_at


def test_the_outbox_never_holds_a_secret(sink, invitation):
    deliver_due()
    stored = str(Letter.objects.values().get())
    assert "/join/" not in stored
