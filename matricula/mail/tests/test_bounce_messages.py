"""What came back, and why: in the words of many mail servers, and of people who mean ill."""

from time import monotonic

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matricula.mail.bounces import LARGEST, Bounce, read_bounce
from matricula.mail.tests.returned import exim, holiday_notice, message_id, qmail, reply, report, wrapped


def test_a_standard_report_says_which_letter_came_back_and_in_which_words():
    assert read_bounce(report(7)) == Bounce(7, "550 5.1.1 No such mailbox")


def test_a_mail_server_that_gives_up_after_many_delays_has_failed():
    given_up = report(7, status="4.4.1", said="X-Postfix; connect to mx.example: Connection timed out")
    assert read_bounce(given_up) == Bounce(7, "connect to mx.example: Connection timed out")


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_a_delay_is_no_failure_and_a_receipt_is_none(action):
    assert read_bounce(report(7, action=action, status="4.4.1")) is None


def test_without_words_the_status_is_said():
    assert read_bounce(report(7, said="")) == Bounce(7, "5.1.1")


def test_only_the_headers_may_come_back_or_only_a_reference():
    headers = report(7).replace(b"Content-Type: message/rfc822", b"Content-Type: text/rfc822-headers")
    assert read_bounce(headers).letter == 7
    bare = report(7).replace(message_id(7).encode(), b"<gone@x.example>")
    assert read_bounce(bare) is None
    mentioned = bare.replace(b"Subject: Undelivered", f"References: {message_id(7)}\nSubject: Un".encode())
    assert read_bounce(mentioned).letter == 7


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (qmail, "Remote host said: 550 No such user here"),
        (exim, "550 5.1.1 User unknown"),
        (wrapped, "Delivery has failed: 5.7.1 Recipient not authorised"),
    ],
)
def test_mail_servers_that_write_reports_of_their_own_are_understood(written, words):
    assert read_bounce(written(7)) == Bounce(7, words)


@pytest.mark.parametrize("written", [holiday_notice, reply])
def test_holiday_notices_and_people_who_reply_bounce_nothing(written):
    assert read_bounce(written(7)) is None


def test_a_made_up_message_id_finds_no_letter():
    forged = report(7).replace(message_id(7).encode(), message_id(7).replace("<7.", "<8.").encode())
    assert read_bounce(forged) is None


def quickly(content):
    began = monotonic()
    read = read_bounce(content)
    assert monotonic() - began < 20
    return read


NESTED = b"".join(
    b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (depth, depth) for depth in range(5000)
)
HOSTILE = {
    "nothing": b"",
    "zeros": bytes(LARGEST),
    "one endless line": b"From: MAILER-DAEMON@x\n\n" + b"-" * LARGEST,
    "a header without end": b"From: MAILER-DAEMON@x\nSubject: " + b"a b\n " * 60_000,
    "parts in parts": NESTED,
    "many parts": b'Content-Type: multipart/mixed; boundary="B"\n\n' + b"--B\n\nx\n" * 40_000,
    "many identifiers": report(7).replace(
        message_id(7).encode(), b" ".join(b"<%d.%s@x>" % (n, b"0" * 24) for n in range(8000))
    ),
    "a report that is none": report(7).replace(b"Reporting-MTA", b"\xff\xfe").replace(b"Action", b"A\x00on"),
    "binary": bytes(range(256)) * 1000,
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_hostile_messages_are_bounded_and_bounce_nothing(content):
    assert quickly(content) is None


def test_a_message_of_many_megabytes_is_read_to_the_limit():
    assert quickly(report(7) + b"x" * 20_000_000) == Bounce(7, "550 5.1.1 No such mailbox")


def test_words_are_one_short_line_that_a_database_can_keep():
    said = "smtp; 550 " + "\x00\x1b[31m\u202e<script>" + "word " * 1000
    words = read_bounce(report(7, said=said)).words
    assert len(words) <= 500
    assert words.isprintable()


@settings(max_examples=150)
@given(st.binary(max_size=2000), st.integers(min_value=0, max_value=1500))
def test_whatever_is_in_a_message_it_raises_nothing(noise, place):
    whole = report(7)
    read_bounce(whole[:place] + noise + whole[place:])
