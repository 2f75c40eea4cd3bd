"""What leaves, byte by byte."""

from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matricula.mail.composition import Message
from matricula.mail.envelopes import Unwritable, make_envelope, wire_address
from matricula.mail.models import Letter

LETTER = Letter(pk=7, to="ada@nordlicht.example")
TEXTS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]) | st.just("\n"), max_size=400)


@given(subject=TEXTS, text=TEXTS, html=TEXTS, sender=TEXTS)
def test_whatever_the_words_the_letter_says_them_and_nothing_else(subject, text, html, sender):
    subject = " ".join(subject.split())
    sent = make_envelope(LETTER, Message(subject, text, html, sender_name=sender)).content
    assert all(len(line) <= 998 for line in sent.split(b"\r\n"))
    assert sent.isascii()
    message = message_from_bytes(sent, policy=default)
    assert message.keys() == [
        "From", "To", "Subject", "Message-ID", "Date", "Auto-Submitted", "MIME-Version", "Content-Type"
    ]  # fmt: skip
    assert said(message, "plain") == text.rstrip("\n")
    assert said(message, "html") == html.rstrip("\n")


def said(message, kind):
    """The words of a part; on the wire a line ends with CR LF (RFC 5321, 2.3.8)."""
    return message.get_body([kind]).get_content().replace("\r\n", "\n").rstrip("\n")


def test_a_message_id_is_the_same_every_time_and_another_for_every_letter():
    assert LETTER.message_id == Letter(pk=7).message_id != Letter(pk=8).message_id


@pytest.mark.parametrize(
    "address", ["a b@x.example", "a@x.example>\r\nRCPT TO:<b@x.example", "a\n@x.example", "a"]
)
def test_header_injection_an_address_with_a_command_in_it_is_not_written_to(address):
    with pytest.raises(Unwritable):
        wire_address(address)


def test_a_domain_beyond_ascii_is_written_as_the_wire_wants_it():
    assert wire_address("ada@bücher.example") == "ada@xn--bcher-kva.example"
