"""What a message in the mailbox for returned letters says: which letter of ours came back, and why.

Standard reports (RFC 3464) and the plain ones of older mail servers are understood. Anybody may write to the
mailbox, so nothing in it is trusted: a letter is found by the digest in its Message-ID.
"""

import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

from matricula.mail.models import Letter
from matricula.mail.wording import one_line

LARGEST = 256 * 1024
"""Bytes of a message that are looked at."""
MOST_PARTS = 60
MOST_IDS = 50
OUR_ID = re.compile(rb"<(\d{1,18})\.([0-9a-f]{24})@")
FINAL = re.compile(r"\b5\d\d[ -]|\b5\.\d{1,3}\.\d{1,3}\b")
"""A mail server's answer that asking again will not change (RFC 5321, 4.2.1; RFC 3463, 2)."""
SENDERS = re.compile(r"\b(mailer-daemon|postmaster)@", re.IGNORECASE)


@dataclass(frozen=True)
class Return:
    """A letter that came back for good, with the mail server's words."""

    letter: int
    words: str


def read_return(content: bytes) -> Return | None:
    """None for what is no final return of a letter of ours: a delay, a reply, a holiday notice, spam."""
    try:
        message = BytesParser(policy=compat32).parsebytes(content[:LARGEST])
        words = words_of(message)
        letter = letter_in(content[:LARGEST], message) if words else None
    except Exception:  # the parser has faults of its own for what no mail program writes, nesting above all
        return None
    return Return(letter, words) if letter else None


def parts_of(message: Message) -> Iterator[Message]:
    """The message and the first of what is in it, without recursion."""
    waiting, seen = [message], 0
    while waiting and seen < MOST_PARTS:
        part, seen = waiting.pop(0), seen + 1
        yield part
        waiting += inside(part)


def inside(part: Message) -> list[Message]:
    inner = part.get_payload()
    return [one for one in inner if isinstance(one, Message)] if isinstance(inner, list) else []


def words_of(message: Message) -> str:
    """Why it came back for good, or nothing."""
    parts = list(parts_of(message))
    reports = [one for one in parts if one.get_content_type() == "message/delivery-status"]
    if reports:
        return next(filter(None, map(words_of_report, reports)), "")
    return words_of_plain(message, parts)


def words_of_report(report: Message) -> str:
    """Of the first recipient it failed for (2.3.3): a delay is no failure, giving up after many is one."""
    for recipient in inside(report):
        action, status = field(recipient, "Action").lower(), field(recipient, "Status")
        if action == "failed" or (not action and status.startswith("5")):
            said = field(recipient, "Diagnostic-Code")
            return re.sub(r"^[\w.-]+;\s*", "", said) or status or "failed"
    return ""


def words_of_plain(message: Message, parts: list[Message]) -> str:
    """Of a mail server that writes its reports in words, as qmail and Exim do."""
    failed = "X-Failed-Recipients" in message
    if not failed and not is_by_mail_server(message):
        return ""
    written = next((text_of(one) for one in parts if one.get_content_type() == "text/plain"), "")
    said = next((line for line in own_lines(written) if FINAL.search(line)), "")
    return one_line(said) or ("The mail server returned the letter." if failed else "")


def own_lines(written: str) -> Iterator[str]:
    """Up to where a copy of the letter begins."""
    for line in written.splitlines():
        if line.startswith("--") and re.search("copy|original|returned", line[:200].lower()):
            return
        yield line


def is_by_mail_server(message: Message) -> bool:
    """Not somebody's holiday notice, which says so itself (RFC 3834, 5)."""
    if field(message, "Auto-Submitted").lower().startswith("auto-replied"):
        return False
    return field(message, "Return-Path") == "<>" or bool(SENDERS.search(field(message, "From")))


def letter_in(content: bytes, message: Message) -> int | None:
    """The letter whose Message-ID stands in the message, in the returned headers or anywhere else."""
    for found in ids_in(content, message):
        number, given = found[0].decode(), found[1].decode()
        known = Letter(pk=int(number)).message_id.partition(".")[2].partition("@")[0]
        if hmac.compare_digest(given, known):
            return int(number)
    return None


def ids_in(content: bytes, message: Message) -> list[tuple[bytes, bytes]]:
    """What looks like our Message-IDs; parts that are wrapped for the wire are unwrapped first."""
    found = OUR_ID.findall(content)
    for part in parts_of(message):
        if field(part, "Content-Transfer-Encoding").lower() in ("base64", "quoted-printable"):
            found += OUR_ID.findall(bytes_of(part))
    return found[:MOST_IDS]


def field(part: Message, name: str) -> str:
    return one_line(str(part.get(name, "")))


def bytes_of(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def text_of(part: Message) -> str:
    """Its charset is not asked: whoever wrote the message chose it. Mail servers' words are ASCII."""
    return bytes_of(part).decode("utf-8", errors="replace")
