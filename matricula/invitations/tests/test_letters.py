"""Letters to a real mail server on loopback."""

import re
import socket
from datetime import timedelta
from email import message_from_string
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from matricula.invitations.invitations import invite_person, send_invitation_again
from matricula.invitations.models import Invitation
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


def read(content):
    """(message, text, HTML) as a mail program shows them."""
    message = message_from_string(content, policy=default)
    return message, message.get_body(["plain"]).get_content(), message.get_body(["html"]).get_content()


def test_an_invitation_arrives_as_text_and_html_and_is_marked_sent(sink, invitation):
    deliver_due()
    message, text, html = read(sink.letters[0])
    assert message["Subject"] == "Nordlicht Energie invites you to Welcome"
    assert message["From"].startswith("Nordlicht Energie <")
    day = date_format(invitation.expires_at, "j F Y")
    for words in ("Hello Ada,", "Bruno Keller invited you.", f"open until {day}", "This is not for me"):
        assert (words in text, words in html) == (True, True), words
    link = re.search(r"JOIN NOW: (\S+)", text)[1]
    assert f'href="{link}"' in html
    assert "#0b6e4f" in html
    invitation.refresh_from_db()
    assert (invitation.state, invitation.sent_at is not None) == ("sent", True)


def test_the_mail_programs_own_button_declines_and_the_link_in_the_letter_only_asks(sink, client, invitation):
    deliver_due()
    message, text, _ = read(sink.letters[0])
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = re.search(r"/join/\S+/not-for-me/", message["List-Unsubscribe"])[0]
    assert path in text
    strict = Client(enforce_csrf_checks=True)
    assert "Not for you?" in strict.get(path, follow=True).content.decode()
    invitation.refresh_from_db()
    assert invitation.state == "sent"
    strict.post(path, {"List-Unsubscribe": "One-Click"})
    invitation.refresh_from_db()
    assert invitation.state == "declined"


def test_header_injection_a_line_break_in_a_name_begins_no_header(sink, program, bruno):
    program.organization.name = "Nordlicht\r\nBcc: mallory@evil.example\r\n\r\nHello"
    program.organization.save()
    program.name = "Wel\ncome\u2028X-Evil: 1"
    program.save()
    invite_person(
        program=program, address="ada@nordlicht.example", name="A\r\n.\r\nMAIL FROM:<x>", invited_by=bruno
    )
    deliver_due()
    (content,) = sink.letters
    message, _, _ = read(content)
    expected = {"from", "to", "subject", "message-id", "date", "auto-submitted", "list-unsubscribe",
                "list-unsubscribe-post", "mime-version", "content-type"}  # fmt: skip
    assert {name.lower() for name in message} - {"x-peer", "x-mailfrom", "x-rcptto"} == expected
    assert message["To"] == "ada@nordlicht.example"


def test_invitation_spam_addresses_of_the_web_in_names_are_no_links(sink, program, bruno):
    name = "Ada, win at https://evil.example/now or www.evil.example or evil.example/x"
    invite_person(program=program, address="ada@nordlicht.example", name=name, invited_by=bruno)
    deliver_due()
    _, text, html = read(sink.letters[0])
    for page in (text, html):
        assert "evil.example" not in page
        assert set(re.findall(r"https?://([^/\s\"<>]+)", page)) == {"127.0.0.1:8000"}


def test_stored_markup_a_name_is_escaped_in_the_letter(sink, program, bruno):
    invite_person(program=program, address="ada@nordlicht.example", name="<img src=x>& Ada", invited_by=bruno)
    deliver_due()
    _, text, html = read(sink.letters[0])
    assert "Hello <img src=x>& Ada," in text
    assert "Hello &lt;img src=x&gt;&amp; Ada," in html


def test_host_header_in_letters_the_link_leads_to_the_configured_address(sink, client, invitation):
    form = {"email": "ada@nordlicht.example"}
    assert client.post("/join/lost-letter/", form, headers={"host": "evil.example"}).status_code == 400
    deliver_due()
    assert "evil.example" not in sink.letters[0]


def test_letters_in_two_languages_are_each_in_their_own(sink, program, bruno):
    for language, address in (("en", "ada@nordlicht.example"), ("de", "dana@nordlicht.example")):
        made = invite_person(program=program, address=address, name=address[:4], invited_by=bruno)
        Letter.objects.filter(pk=made.letter_id).update(language=language)
    deliver_due()
    pages = {read(one)[0]["To"]: read(one)[2] for one in sink.letters}
    assert '<html lang="en"' in pages["ada@nordlicht.example"]
    assert '<html lang="de"' in pages["dana@nordlicht.example"]
    assert "Hello dana" not in pages["ada@nordlicht.example"]


def test_a_letter_that_another_one_replaced_is_not_sent(sink, program, bruno, invitation):
    first = invitation.letter_id
    Letter.objects.update(queued_at=timezone.now() - timedelta(minutes=11))
    send_invitation_again(invitation=invitation, actor=bruno)
    deliver_due()
    assert len(sink.letters) == 1
    assert Letter.objects.get(pk=first).error == "No longer needed."


def test_a_refused_letter_keeps_the_mail_servers_words(sink, invitation):
    sink.refused["ada@nordlicht.example"] = "550 5.1.1 No such mailbox"
    deliver_due()
    invitation.refresh_from_db()
    assert invitation.state == Invitation.State.FAILED
    assert "No such mailbox" in invitation.letter.error


def test_a_mail_server_that_answers_with_noise_does_not_stop_the_worker(sink, invitation):
    sink.refused["ada@nordlicht.example"] = "550 5.1.1 No \x00 such \x1b[31m mailbox " + "x" * 5000
    deliver_due()
    invitation.letter.refresh_from_db()
    assert invitation.letter.error.startswith("550 5.1.1 No such [31m mailbox")
    assert len(invitation.letter.error) <= 500


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
