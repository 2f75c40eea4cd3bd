"""One spelling to compare e-mail addresses by. Everything that compares addresses comes here."""

import re
import unicodedata

import idna
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

LONGEST_ADDRESS = 254
_well_formed = EmailValidator()
_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"(?!..--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_plain = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+[a-z]{{2,63}}")
"""The plain addresses, nearly all, which need no library. A label with hyphens at its third and fourth place
is left to IDNA, and so is whatever else does not fit."""
_DOT_ATOM = re.compile(rf"(?:{_ATOM}|[^\x00-\x7f])+(?:\.(?:{_ATOM}|[^\x00-\x7f])+)*", re.IGNORECASE)
"""A local part without quotes (RFC 5321, section 4.1.2; RFC 6531 for letters beyond ASCII)."""


class AddressRefused(ValidationError):
    """The text is not an address that mail can reach; the message says what to do."""


def canonical(address: str) -> str:
    """The form addresses are compared by: NFC, local part lower-cased, domain as IDNA 2008 ASCII.

    Send to the address as typed, never to this one. Raises AddressRefused.
    """
    return _canonical_of_plain(address) or _canonical_of_any(address)


def _canonical_of_plain(address: str) -> str:
    """What the long way comes to for letters, digits and dots, thirty times as fast; empty for the rest."""
    text = address.strip().lower() if address.isascii() else ""
    return text if len(text) <= LONGEST_ADDRESS and _plain.fullmatch(text) else ""


def _canonical_of_any(address: str) -> str:
    if not address.rpartition("@")[0].isascii() and not settings.NON_ASCII_LOCAL_PARTS:
        raise AddressRefused(_("Use only plain letters before the @ sign."), code="non-ascii")
    text = unicodedata.normalize("NFC", address.strip())
    local, at, domain = text.rpartition("@")
    if not at or not local or not domain or len(text) > LONGEST_ADDRESS:
        raise AddressRefused(_("Enter an e-mail address such as ada@example.com."), code="malformed")
    result = f"{local.lower()}@{_ascii_domain(domain)}"
    if len(result) > LONGEST_ADDRESS:
        raise AddressRefused(_("Enter an e-mail address such as ada@example.com."), code="malformed")
    if local.isascii():
        _refuse_malformed(result)
    _refuse_quoted(local)
    return result


def _refuse_quoted(local: str) -> None:
    """Within quotes one mailbox has many spellings, and a stranger may write whole sentences and links. No
    provider gives such addresses. Beyond ASCII only letters, digits and their marks, for the same reason."""
    strange = (c for c in local if not c.isascii() and unicodedata.category(c)[0] not in "LMN")
    if not _DOT_ATOM.fullmatch(local) or any(strange):
        raise AddressRefused(_("Enter an e-mail address such as ada@example.com."), code="malformed")


def _ascii_domain(domain: str) -> str:
    try:
        return idna.encode(domain, uts46=True, std3_rules=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError) as error:
        raise AddressRefused(_("The part after the @ sign is not a domain name."), code="domain") from error


def _refuse_malformed(address: str) -> None:
    try:
        _well_formed(address)
    except ValidationError as error:
        raise AddressRefused(
            _("Enter an e-mail address such as ada@example.com."), code="malformed"
        ) from error


def domain_of(address: str) -> str:
    """The canonical domain of `address`."""
    return canonical(address).rpartition("@")[2]
