"""A letter is given up for what is wrong with it, not for what is wrong between us and the mail server."""

import smtplib

import pytest

from matricula.mail.delivery import is_final


@pytest.mark.parametrize(
    ("refusal", "final"),
    [
        (smtplib.SMTPAuthenticationError(535, b"5.7.8 Authentication failed"), False),
        (smtplib.SMTPConnectError(554, b"No SMTP service here"), False),
        (smtplib.SMTPRecipientsRefused({"ada@nordlicht.example": (550, b"No such user")}), True),
        (smtplib.SMTPRecipientsRefused({"ada@nordlicht.example": (451, b"Later")}), False),
        (smtplib.SMTPDataError(554, b"Spam"), True),
    ],
)
def test_a_password_that_the_mail_server_refuses_gives_up_no_letter(refusal, final):
    assert is_final(refusal) is final
