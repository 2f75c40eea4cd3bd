"""One spelling to compare e-mail addresses by. Everything that compares addresses comes here."""

import unicodedata

import idna
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

LONGEST_ADDRESS = 254
_well_formed = EmailValidator()


class AddressRefused(ValidationError):
    """The text is not an address that mail can reach; the message says what to do."""


def canonical(address: str) -> str:
    """The form addresses are compared by: NFC, local part lower-cased, domain as IDNA 2008 ASCII.

    Send to the address as typed, never to this one. Raises AddressRefused.
    """
    if not address.rpartition("@")[0].isascii() and not settings.NON_ASCII_LOCAL_PARTS:
        raise AddressRefused(_("Use only plain letters before the @ sign."), code="non-ascii")
    text = unicodedata.normalize("NFC", address.strip())
    local, at, domain = text.rpartition("@")
    if not at or not local or not domain or len(text) > LONGEST_ADDRESS:
        raise AddressRefused(_("Enter an e-mail address such as ada@example.com."), code="malformed")
    result = f"{local.lower()}@{_ascii_domain(domain)}"
    if local.isascii():
        _refuse_malformed(result)
    return result


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
