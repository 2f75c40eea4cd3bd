"""Messages as mail servers send them back."""

import base64

from matricula.mail.models import Letter


def message_id(letter):
    return Letter(pk=letter).message_id


def report(letter, *, action="failed", status="5.1.1", said="smtp; 550 5.1.1 No such mailbox", extra=""):
    """A delivery status notification as Postfix writes it (RFC 3464)."""
    diagnostic = f"Diagnostic-Code: {said}\n" if said else ""
    return f"""\
Return-Path: <>
From: MAILER-DAEMON@mx.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: bounces@nordlicht.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"
{extra}
--B
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Tue, 24 Nov 2026 10:00:00 +0000

Final-Recipient: rfc822; ada@nordlicht.example
Action: {action}
Status: {status}
{diagnostic}
--B
Content-Type: message/rfc822

From: Nordlicht Energie <no-reply@learn.example>
To: ada@nordlicht.example
Subject: Nordlicht Energie invites you
Message-ID: {message_id(letter)}

JOIN NOW

--B--
""".encode()


def qmail(letter):
    return f"""\
Return-Path: <>
From: MAILER-DAEMON@mx.example
Subject: failure notice

Hi. This is the qmail-send program at mx.example.
I'm afraid I wasn't able to deliver your message to the following addresses.

<ada@nordlicht.example>:
192.0.2.7 does not like recipient.
Remote host said: 550 No such user here
Giving up on 192.0.2.7.

--- Below this line is a copy of the message.

Message-ID: {message_id(letter)}
Subject: Nordlicht Energie invites you
""".encode()


def exim(letter):
    return f"""\
Return-Path: <>
From: Mail Delivery System <Mailer-Daemon@mx.example>
X-Failed-Recipients: ada@nordlicht.example
Auto-Submitted: auto-replied
References: {message_id(letter)}
Subject: Mail delivery failed: returning message to sender

A message that you sent could not be delivered to one or more of its recipients.

  ada@nordlicht.example
    SMTP error from remote mail server after RCPT TO:<ada@nordlicht.example>:
    550 5.1.1 User unknown
""".encode()


def wrapped(letter):
    """The words and the returned headers in base64, as some gateways pass them on."""
    words = base64.encodebytes(b"Delivery has failed: 5.7.1 Recipient not authorised").decode()
    headers = base64.encodebytes(f"Subject: x\r\nMessage-ID: {message_id(letter)}\r\n".encode()).decode()
    return f"""\
From: postmaster@mx.example
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="B"

--B
Content-Type: text/plain; charset="no-such-charset"
Content-Transfer-Encoding: base64

{words}
--B
Content-Type: text/rfc822-headers
Content-Transfer-Encoding: base64

{headers}
--B--
""".encode()


def holiday_notice(letter):
    return f"""\
From: Ada Okafor <ada@nordlicht.example>
Auto-Submitted: auto-replied
In-Reply-To: {message_id(letter)}
Subject: Out of office

I am away until 5.1.1.
""".encode()


def reply(letter):
    return f"""\
From: Ada Okafor <ada@nordlicht.example>
In-Reply-To: {message_id(letter)}
References: {message_id(letter)}
Subject: Re: Nordlicht Energie invites you

My provider told me "550 5.1.1 No such mailbox". What does it mean?
""".encode()
