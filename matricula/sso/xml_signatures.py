"""XML signatures as SAML 2.0 Core, 5.4 allows them: enveloped, over one element, by a key known beforehand.

signxml does the cryptography. What it is asked, and which of its answers is believed, is decided here: the
shape of the signature is looked at first, and what was signed is parsed anew from the bytes digested.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import InvalidDigest
from signxml.verifier import SignatureConfiguration, VerifyResult, XMLVerifier

from matricula.sso.answers import Checks
from matricula.sso.x509_certificates import X509Certificate
from matricula.sso.xml_documents import LARGEST_MESSAGE, SIGNATURE, Element, list_children, read_message

EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
PREFIXES = f"{{{EXCLUSIVE}}}InclusiveNamespaces"
LARGEST_CANONICAL = 4 * LARGEST_MESSAGE
"""Canonicalization writes some things longer; it was a message that we read."""
MOST_PREFIXES = 20
"""Each costs a search for every signed element."""

METHODS = {
    "rsa": (SignatureMethod.RSA_SHA256, SignatureMethod.RSA_SHA384, SignatureMethod.RSA_SHA512),
    "ecdsa": (SignatureMethod.ECDSA_SHA256, SignatureMethod.ECDSA_SHA384, SignatureMethod.ECDSA_SHA512),
}
METHOD_KEYS = {method.value: kind for kind, methods in METHODS.items() for method in methods}
DIGESTS = {one.value: one for one in (DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512)}

SHAPE = {
    SIGNATURE + "Signature": ["SignedInfo", "SignatureValue"],
    SIGNATURE + "SignedInfo": ["CanonicalizationMethod", "SignatureMethod", "Reference"],
    SIGNATURE + "Reference": ["Transforms", "DigestMethod", "DigestValue"],
    SIGNATURE + "Transforms": ["Transform", "Transform"],
    SIGNATURE + "SignatureMethod": [],
    SIGNATURE + "DigestMethod": [],
    SIGNATURE + "SignatureValue": [],
    SIGNATURE + "DigestValue": [],
}
SIGNATURES = etree.XPath("//*[local-name() = 'Signature']")


@dataclass(frozen=True)
class Signed:
    """What was signed, parsed from the bytes that were digested, and the certificate whose key signed it."""

    element: Element
    fingerprint: str
    opened_with: RSAPrivateKey | None = None
    """Our own key, where it was encrypted."""


def require_signatures_on(owners: Iterable[Element], root: Element, checks: Checks) -> None:
    """Every signature of the document is a child of one of `owners`, which have one at most (Core, 5.4.1)."""
    signatures = SIGNATURES(root)
    places = [signature.getparent() for signature in signatures]
    fits = (
        all(signature.tag == SIGNATURE + "Signature" for signature in signatures)
        and all(any(place is owner for owner in owners) for place in places)
        and len({id(place) for place in places}) == len(places)
    )
    checks.require("signature_place", fits, seen=f"{len(signatures)} signatures")


def read_signed(element: Element, certificates: Iterable[X509Certificate], checks: Checks) -> Signed | None:
    """What the signature of `element` covers, or None when it has none (Core, 5.4; XML Signature, 3.2).

    Nothing of `element` itself may be read afterwards. Raises AnswerRefused.
    """
    signature = element.find(SIGNATURE + "Signature")
    if signature is None:
        return None
    drop_key_info(signature)
    require_shape(signature, checks)
    kind = require_algorithms(signature, checks)
    require_reference(signature, element, checks)
    known = [one for one in certificates if one.signs_with == kind]
    for certificate in known:
        body = verify_with(certificate, element, checks)
        if body:
            return require_same(
                element,
                Signed(read_message(body, largest=LARGEST_CANONICAL), certificate.fingerprint),
                checks,
            )
    checks.require("signature", False, expected=", ".join(one.fingerprint for one in known))
    return None


def drop_key_info(signature: Element) -> None:
    """Whose key it is, we know; what the signature says of it is not even looked at (some send nothing)."""
    for key_info in signature.findall(SIGNATURE + "KeyInfo"):
        signature.remove(key_info)


def require_shape(signature: Element, checks: Checks) -> None:
    """No Object, no second Reference, no third transform, no parameter (Core, 5.4.2 to 5.4.4)."""
    strange = [
        element.tag
        for element in signature.iter()
        if element.tag in SHAPE
        and list_children(element) != [SIGNATURE + name for name in SHAPE[element.tag]]
    ]
    checks.require("signature_shape", not strange, seen=", ".join(strange))
    canonical = signature.find(f"{SIGNATURE}SignedInfo/{SIGNATURE}CanonicalizationMethod")
    enveloped, exclusive = signature.find(f"{SIGNATURE}SignedInfo/{SIGNATURE}Reference/{SIGNATURE}Transforms")
    transforms = [canonical.get("Algorithm"), enveloped.get("Algorithm"), exclusive.get("Algorithm")]
    plain = len(enveloped) == 0 and has_few_prefixes(canonical) and has_few_prefixes(exclusive)
    checks.require(
        "signature_transforms",
        plain and transforms == [EXCLUSIVE, ENVELOPED, EXCLUSIVE],
        expected=f"{EXCLUSIVE}, {ENVELOPED}, {EXCLUSIVE}",
        seen=", ".join(map(str, transforms)),
    )


def has_few_prefixes(method: Element) -> bool:
    """Exclusive canonicalization has one parameter: names of prefixes (Exclusive C14N, 2.1)."""
    if not len(method):
        return True
    return (
        list_children(method) == [PREFIXES] and len(method[0].get("PrefixList", "").split()) <= MOST_PREFIXES
    )


def require_algorithms(signature: Element, checks: Checks) -> str:
    """The kind of key that signed, by the method's name: no SHA-1, no secret shared with us."""
    method = signature.find(f"{SIGNATURE}SignedInfo/{SIGNATURE}SignatureMethod").get("Algorithm")
    digest = signature.find(f"{SIGNATURE}SignedInfo/{SIGNATURE}Reference/{SIGNATURE}DigestMethod").get(
        "Algorithm"
    )
    checks.require("signature_algorithm", method in METHOD_KEYS, expected=", ".join(METHOD_KEYS), seen=method)
    checks.require("digest_algorithm", digest in DIGESTS, expected=", ".join(DIGESTS), seen=digest)
    return METHOD_KEYS[method]


def require_reference(signature: Element, element: Element, checks: Checks) -> None:
    """It points to the element it lies in. That the ID is there once, read_message has seen to."""
    reference = signature.find(f"{SIGNATURE}SignedInfo/{SIGNATURE}Reference").get("URI")
    expected = f"#{element.get('ID', '')}"
    checks.require("signature_reference", reference == expected != "#", expected=expected, seen=reference)


def verify_with(certificate: X509Certificate, element: Element, checks: Checks) -> bytes:
    """The bytes that were digested; none when this key did not sign them. Raises AnswerRefused if changed."""
    configuration = SignatureConfiguration(
        location="./",
        signature_methods=frozenset(METHODS[certificate.signs_with]),
        digest_algorithms=frozenset(DIGESTS.values()),
        # A pinned certificate counts past its own end, too: the organization is told, nobody is locked out.
        verification_time=certificate.not_before,
    )
    try:
        result = XMLVerifier().verify(
            etree.tostring(element, with_tail=False),
            x509_cert=certificate.loaded,
            id_attribute="ID",
            expect_config=configuration,
        )
    except InvalidDigest:
        checks.require("digest", False, seen=certificate.fingerprint)
        return b""
    except Exception:  # whatever goes wrong in a verification, nothing was verified
        return b""
    return cast(VerifyResult, result).signed_data


def require_same(element: Element, signed: Signed, checks: Checks) -> Signed:
    """What was digested is the element we asked about, by its own account."""
    same = signed.element.tag == element.tag and signed.element.get("ID") == element.get("ID")
    checks.require("signature", same, expected=element.get("ID"), seen=signed.fingerprint)
    checks.signed_by = signed.fingerprint
    return signed
