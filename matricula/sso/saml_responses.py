"""Judges a company's SAML 2.0 answer: Profiles 4.1.4.3 and 4.1.5, Core 2 and 3.2, and refusals of our own.

What is not signed may refuse an answer, never add to it: as soon as a signature was verified, only what it
covers is read. That no assertion is used twice, the caller sees to.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from lxml import etree

from matricula.sso.answers import Answer, AnswerRefused, Check, Checks
from matricula.sso.saml_assertions import (
    LONGEST_ID,
    AttributeNames,
    Expected,
    read_answer,
    require_conditions,
    require_confirmation,
    require_issuer,
    require_sign_on,
)
from matricula.sso.saml_errors import UnreadableXML
from matricula.sso.xml_documents import ASSERTION, PROTOCOL, Element, read_message, read_text
from matricula.sso.xml_encryption import NotDecrypted, decrypt_assertion
from matricula.sso.xml_signatures import Signed, read_signed, require_signatures_on

__all__ = ["AttributeNames", "Expected", "Judged", "judge_response", "read_in_response_to"]

SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
ASSERTIONS = etree.XPath("//*[local-name() = 'Assertion' or local-name() = 'EncryptedAssertion']")


@dataclass(frozen=True)
class Judged:
    """An answer that is believed, and what the caller keeps of it."""

    answer: Answer
    assertion_id: str
    in_response_to: str
    """Empty for an answer that nobody asked for (Profiles, 4.1.5)."""
    not_on_or_after: datetime
    """Until then, the skew included, the same assertion would be believed again: its ID is kept as long."""
    fingerprint: str
    """Of the certificate whose key signed the assertion, or the Response around it."""
    name_id_format: str
    checks: Checks
    opened_with: RSAPrivateKey | None = None
    """Our own key, where the assertion was encrypted."""


def read_in_response_to(raw: bytes) -> str:
    """Which request the answer names, believed or not: to look for the flow (Core, 3.2.2). Empty for none.

    Raises AnswerRefused, as judge_response would.
    """
    checks = Checks()
    try:
        return str(read_message(raw).get("InResponseTo", ""))
    except UnreadableXML as error:
        raise refuse_unreadable(error, checks) from error


def judge_response(raw: bytes, *, expected: Expected) -> Judged:
    """What the identity provider says of whom, if it says so to us, now, and signed (Profiles, 4.1.4.3).

    `raw` is the XML of the POST binding (Bindings, 3.5.4), without base64. Raises AnswerRefused only.
    """
    checks = Checks()
    try:
        response = read_message(raw)
        checks.require("xml", True)
        require_response(response, checks)
        require_one_assertion(response, expected, checks)
        outer = read_signed(response, expected.certificates, checks)
        if outer:
            response = outer.element
        signed = read_assertion(response, outer, expected, checks)
        return judge_signed(response, signed, outer is not None, expected, checks)
    except UnreadableXML as error:
        raise refuse_unreadable(error, checks) from error


def refuse_unreadable(error: UnreadableXML, checks: Checks) -> AnswerRefused:
    checks.append(Check(error.code, passed=False))
    return AnswerRefused(checks)


def require_response(response: Element, checks: Checks) -> None:
    """A Response that tells of success (Core, 3.2.2). A failure is seldom signed: it is told at once."""
    checks.require(
        "response", response.tag == PROTOCOL + "Response", expected=PROTOCOL + "Response", seen=response.tag
    )
    checks.require("version", response.get("Version") == "2.0", expected="2.0", seen=response.get("Version"))
    codes = [code.get("Value", "") for code in response.iterfind(f"{PROTOCOL}Status//{PROTOCOL}StatusCode")]
    message = read_text(response.find(f"{PROTOCOL}Status/{PROTOCOL}StatusMessage"))
    checks.require(
        "status", codes[:1] == [SUCCESS], expected=SUCCESS, seen=" ".join([*codes, message]).strip()
    )


def require_one_assertion(response: Element, expected: Expected, checks: Checks) -> None:
    """One, at its place, and no signature but the two that there may be: elsewhere nothing is searched."""
    found = ASSERTIONS(response)
    checks.require(
        "one_assertion", len(found) == 1 and find_assertion(response) is not None, expected=1, seen=len(found)
    )
    assertion = found[0]
    encrypted = assertion.tag == ASSERTION + "EncryptedAssertion"
    checks.require("encrypted_assertion", not encrypted or bool(expected.decryption_keys))
    require_signatures_on([response] if encrypted else [response, assertion], response, checks)


def find_assertion(response: Element) -> Element | None:
    """The only child of the two names that there is."""
    found = [
        one for one in response if one.tag in (ASSERTION + "Assertion", ASSERTION + "EncryptedAssertion")
    ]
    return found[0] if len(found) == 1 else None


def read_assertion(response: Element, outer: Signed | None, expected: Expected, checks: Checks) -> Signed:
    """The assertion as it was signed: by its own signature, or by the Response's around it (Core, 5.3)."""
    assertion = find_assertion(response)
    if assertion is None or assertion.tag == ASSERTION + "EncryptedAssertion":
        return open_assertion(assertion, expected, checks)
    inner = read_signed(assertion, expected.certificates, checks)
    if inner is None and outer is not None:
        inner = Signed(assertion, outer.fingerprint)
    checks.require("signed", inner is not None)
    return cast(Signed, inner)


def open_assertion(encrypted: Element | None, expected: Expected, checks: Checks) -> Signed:
    """What was encrypted for us, signed within. Every failure is one and the same: see NotDecrypted."""
    signed = None
    try:
        decrypted = decrypt_assertion(encrypted, expected.decryption_keys)
        assertion = read_message(decrypted.content)
        within = Checks()
        within.require(
            "one_assertion", assertion.tag == ASSERTION + "Assertion" and len(ASSERTIONS(assertion)) == 1
        )
        require_signatures_on([assertion], assertion, within)
        found = read_signed(assertion, expected.certificates, within)
        signed = found and replace(found, opened_with=decrypted.key)
    except (NotDecrypted, UnreadableXML, AnswerRefused):
        pass
    checks.require("decryption", signed is not None)
    checks.signed_by = cast(Signed, signed).fingerprint
    return cast(Signed, signed)


def judge_signed(
    response: Element, signed: Signed, response_is_signed: bool, expected: Expected, checks: Checks
) -> Judged:
    """All that Profiles, 4.1.4.3 asks after the signature."""
    assertion = signed.element
    in_response_to = require_envelope(response, response_is_signed, expected, checks)
    checks.require(
        "assertion_version", assertion.get("Version") == "2.0", expected="2.0", seen=assertion.get("Version")
    )
    identifier = assertion.get("ID", "")
    checks.require("assertion_id", 0 < len(identifier) <= LONGEST_ID, seen=identifier)
    require_issuer(assertion, "issuer", expected, checks)
    subjects = assertion.findall(ASSERTION + "Subject")
    checks.require("one_subject", len(subjects) == 1, expected=1, seen=len(subjects))
    confirmed_until = require_confirmation(subjects[0], in_response_to, expected, checks)
    valid_until = require_conditions(assertion, expected, checks)
    ends_at = require_sign_on(assertion, expected, checks)
    answer, name_id_format = read_answer(assertion, subjects[0], ends_at, expected, checks)
    return Judged(
        answer=answer,
        assertion_id=identifier,
        in_response_to=in_response_to or "",
        not_on_or_after=min(confirmed_until, valid_until) + expected.skew,
        fingerprint=signed.fingerprint,
        name_id_format=name_id_format,
        checks=checks,
        opened_with=signed.opened_with,
    )


def require_envelope(response: Element, is_signed: bool, expected: Expected, checks: Checks) -> str | None:
    """The Response is for this address and this request (Bindings, 3.5.5.2; Core, 3.2.2). Tells which."""
    destination = response.get("Destination")
    fits = destination == expected.acs or (destination is None and not is_signed)
    checks.require("destination", fits, expected=expected.acs, seen=destination)
    seen: str | None = response.get("InResponseTo")
    if seen is None:
        checks.require("in_response_to", expected.may_be_unsolicited, expected=expected.request_id)
    else:
        checks.require(
            "in_response_to", seen == expected.request_id != "", expected=expected.request_id, seen=seen
        )
    if response.find(ASSERTION + "Issuer") is not None:
        require_issuer(response, "response_issuer", expected, checks)
    return seen
