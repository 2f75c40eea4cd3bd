"""An identity provider for tests: answers as companies' providers write them, and what forgers make."""

import base64
import copy
import hashlib
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree

from matricula.sso.x509_certificates import X509Certificate
from matricula.sso.xml_documents import ASSERTION, PROTOCOL, SIGNATURE
from matricula.sso.xml_signatures import ENVELOPED, EXCLUSIVE

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
ISSUER = "https://login.acme.example/metadata"
AUDIENCE = "https://learn.example/sso/acme/entra/metadata"
ACS = "https://learn.example/sso/acme/entra/acs"
REQUEST = "_" + "5e" * 32
EMAIL_FORMAT = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
XMLENC = "http://www.w3.org/2001/04/xmlenc#"
XMLENC11 = "http://www.w3.org/2009/xmlenc11#"
DSIG = SIGNATURE[1:-1]
ADA = "ada@acme.example"
MALLORY = "mallory@evil.example"
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@cache
def private_key(name: str) -> Key:
    """A key by name: `p256…`, `p384…` and `p521…` are elliptic, `short` has 1024 bits."""
    for curve in (ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()):
        if name.startswith(f"p{curve.key_size}"):
            return ec.generate_private_key(curve)
    return rsa.generate_private_key(65537, 1024 if name == "short" else 2048)


def certificate(name: str = "acme", *, ended: bool = False) -> X509Certificate:
    return make_certificate(name, ended)


@cache
def make_certificate(name: str, ended: bool) -> X509Certificate:
    key, named = private_key(name), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    # Ended by every clock: that of these tests, and that of whoever runs them.
    ends = NOW + timedelta(days=-1000 if ended else 365)
    built = (
        x509.CertificateBuilder()
        .subject_name(named)
        .issuer_name(named)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ends - timedelta(days=730))
        .not_valid_after(ends)
        .sign(key, hashes.SHA256())
    )
    return X509Certificate(built.public_bytes(serialization.Encoding.DER))


def at(seconds: float) -> str:
    return (NOW + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def attribute(name: str, *values: str) -> str:
    inner = "".join(f"<a:AttributeValue>{value}</a:AttributeValue>" for value in values)
    return f'<a:Attribute Name="{name}">{inner}</a:Attribute>'


def response(**changes: str):
    """A Response that nobody has signed yet. Every part can be given; an empty part is left out."""
    part = {
        "destination": f'Destination="{ACS}"',
        "in_response_to": f'InResponseTo="{REQUEST}"',
        "confirmed": f'InResponseTo="{REQUEST}"',
        "response_issuer": f"<a:Issuer>{ISSUER}</a:Issuer>",
        "status": '<p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/>',
        "extensions": "",
        "issuer": f"<a:Issuer>{ISSUER}</a:Issuer>",
        "name_id": f'<a:NameID Format="{EMAIL_FORMAT}">{ADA}</a:NameID>',
        "method": "urn:oasis:names:tc:SAML:2.0:cm:bearer",
        "recipient": f'Recipient="{ACS}"',
        "confirmed_until": f'NotOnOrAfter="{at(300)}"',
        "more_confirmations": "",
        "window": f'NotBefore="{at(-60)}" NotOnOrAfter="{at(3600)}"',
        "audience": f"<a:AudienceRestriction><a:Audience>{AUDIENCE}</a:Audience></a:AudienceRestriction>",
        "session": "",
        "instant": f'AuthnInstant="{at(-5)}"',
        "attributes": attribute("email", ADA) + attribute("name", "Ada Lovelace"),
        "version": 'Version="2.0"',
        "xmlns": "",
    } | changes
    part.setdefault(
        "confirmation",
        f'<a:SubjectConfirmation Method="{part["method"]}"><a:SubjectConfirmationData {part["recipient"]} '
        f"{part['confirmed_until']} {part['confirmed']}/></a:SubjectConfirmation>"
        f"{part['more_confirmations']}",
    )
    part.setdefault("subject", f"<a:Subject>{part['name_id']}{part['confirmation']}</a:Subject>")
    part.setdefault("conditions", f"<a:Conditions {part['window']}>{part['audience']}</a:Conditions>")
    part.setdefault(
        "statement",
        f"<a:AuthnStatement {part['instant']} {part['session']}><a:AuthnContext><a:AuthnContextClassRef>"
        "urn:oasis:names:tc:SAML:2.0:ac:classes:Password</a:AuthnContextClassRef>"
        "</a:AuthnContext></a:AuthnStatement>",
    )
    return etree.fromstring(
        f'<p:Response xmlns:p="{PROTOCOL[1:-1]}" xmlns:a="{ASSERTION[1:-1]}" {part["xmlns"]} ID="_r1" '
        f'Version="2.0" IssueInstant="{at(0)}" {part["destination"]} {part["in_response_to"]}>'
        f"{part['response_issuer']}"
        f"{part['extensions']}<p:Status>{part['status']}</p:Status>"
        f'<a:Assertion ID="_a1" {part["version"]} IssueInstant="{at(0)}">{part["issuer"]}{part["subject"]}'
        f"{part['conditions']}{part['statement']}<a:AttributeStatement>{part['attributes']}</a:AttributeStatement>"
        "</a:Assertion></p:Response>"
    )


def assertion_of(root):
    return root.find(ASSERTION + "Assertion")


def canonical(element, prefixes: list[str] | None = None) -> bytes:
    return etree.tostring(
        element, method="c14n", exclusive=True, with_tail=False, inclusive_ns_prefixes=prefixes
    )


def digest(body: bytes, name: str = "sha256") -> str:
    return base64.b64encode(hashlib.new(name, body).digest()).decode()


DIGESTS = {
    "sha1": f"{DSIG}sha1",
    "sha256": f"{XMLENC}sha256",
    "sha384": f"{MORE}sha384",
    "sha512": f"{XMLENC}sha512",
}
HASHES = {"sha1": hashes.SHA1, "sha256": hashes.SHA256, "sha384": hashes.SHA384, "sha512": hashes.SHA512}


def sign(
    element,
    key: str = "acme",
    *,
    hashed: str = "sha256",
    digested: str = "",
    claims: str = "",
    key_info: str | None = None,
    uri: str | None = None,
    transforms: tuple[str, ...] = (ENVELOPED, EXCLUSIVE),
    canonicalization: str = EXCLUSIVE,
    prefixes: str = "",
    place: int = 1,
    hmac: bool = False,
):
    """Signs `element`, in place. `claims` names the certificate that KeyInfo shows."""
    digested = digested or hashed
    kind = "hmac" if hmac else "rsa" if isinstance(private_key(key), rsa.RSAPrivateKey) else "ecdsa"
    method = f"{DSIG if (kind, hashed) == ('rsa', 'sha1') else MORE}{kind}-{hashed}"
    listed = f'<ec:InclusiveNamespaces xmlns:ec="{EXCLUSIVE}" PrefixList="{prefixes}"/>' if prefixes else ""
    written = "".join(
        f'<ds:Transform Algorithm="{one}">{listed if one == EXCLUSIVE else ""}</ds:Transform>'
        for one in transforms
    )
    if key_info is None:
        shown = certificate(claims or key).to_text()
        key_info = f"<ds:X509Data><ds:X509Certificate>{shown}</ds:X509Certificate></ds:X509Data>"
    signature = etree.fromstring(
        f'<ds:Signature xmlns:ds="{DSIG}"><ds:SignedInfo>'
        f'<ds:CanonicalizationMethod Algorithm="{canonicalization}"/>'
        f'<ds:SignatureMethod Algorithm="{method}"/>'
        f'<ds:Reference URI="{"#" + element.get("ID", "") if uri is None else uri}">'
        f'<ds:Transforms>{written}</ds:Transforms><ds:DigestMethod Algorithm="{DIGESTS[digested]}"/>'
        f"<ds:DigestValue>{digest(canonical(element, prefixes.split() or None), digested)}</ds:DigestValue>"
        f"</ds:Reference></ds:SignedInfo><ds:SignatureValue/>"
        f"{f'<ds:KeyInfo>{key_info}</ds:KeyInfo>' if key_info else ''}</ds:Signature>"
    )
    element.insert(place, signature)
    seal(signature, key, hashed, hmac=hmac)
    return element


def seal(signature, key: str = "acme", hashed: str = "sha256", *, hmac: bool = False) -> None:
    """Writes the value over SignedInfo as it stands."""
    body, made, method = (
        canonical(signature.find(SIGNATURE + "SignedInfo")),
        private_key(key),
        HASHES[hashed](),
    )
    if hmac:
        value = hashlib.sha256(body).digest()
    elif isinstance(made, rsa.RSAPrivateKey):
        value = made.sign(body, padding.PKCS1v15(), method)
    else:
        size = (made.key_size + 7) // 8
        value = b"".join(
            n.to_bytes(size, "big") for n in decode_dss_signature(made.sign(body, ec.ECDSA(method)))
        )
    signature.find(SIGNATURE + "SignatureValue").text = base64.b64encode(value).decode()


def signature_of(element):
    return element.find(SIGNATURE + "Signature")


def signed(which: str = "assertion", *, key: str = "acme", **changes: str):
    """A Response whose `assertion`, `response` or `both` are signed."""
    root = response(**changes)
    if which in ("assertion", "both"):
        sign(assertion_of(root), key)
    if which in ("response", "both"):
        sign(root, key)
    return root


def written(root) -> bytes:
    return etree.tostring(root)


def forged_copy(element, identifier: str = "_evil"):
    """The same for Mallory, unsigned."""
    forged = copy.deepcopy(element)
    forged.tail = None
    if identifier:
        forged.set("ID", identifier)
    for signature in list(forged.iter(SIGNATURE + "Signature")):
        signature.getparent().remove(signature)
    for value in forged.iter(ASSERTION + "NameID", ASSERTION + "AttributeValue"):
        value.text = MALLORY
    return forged


def encrypt(
    root,
    to: str = "ours",
    *,
    data: str = f"{XMLENC11}aes256-gcm",
    wrap: str = f"{XMLENC}rsa-oaep-mgf1p",
    method_inside: str = "",
    scheme: padding.AsymmetricPadding | None = None,
    beside: bool = False,
    change: Callable[[bytes], bytes] = bytes,
):
    """Puts an EncryptedAssertion in the place of the assertion."""
    assertion = assertion_of(root)
    clear = change(canonical(assertion))
    session = os.urandom(int(data.split("aes")[1][:3]) // 8)
    if data.endswith("gcm"):
        nonce = os.urandom(12)
        cipher = nonce + AESGCM(session).encrypt(nonce, clear, None)
    else:
        added = 16 - len(clear) % 16
        vector, encryptor = (
            (one := os.urandom(16)),
            Cipher(algorithms.AES(session), modes.CBC(one)).encryptor(),
        )
        cipher = vector + encryptor.update(clear + bytes(added - 1) + bytes([added])) + encryptor.finalize()
    scheme = scheme or padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)
    wrapped = private_key(to).public_key().encrypt(session, scheme)
    key = (
        f'<x:EncryptedKey><x:EncryptionMethod Algorithm="{wrap}">{method_inside}</x:EncryptionMethod>'
        "<x:CipherData>"
        f"<x:CipherValue>{base64.b64encode(wrapped).decode()}</x:CipherValue></x:CipherData></x:EncryptedKey>"
    )
    encrypted = etree.fromstring(
        f'<a:EncryptedAssertion xmlns:a="{ASSERTION[1:-1]}" xmlns:x="{XMLENC}" xmlns:ds="{DSIG}" '
        f'xmlns:x11="{XMLENC11}"><x:EncryptedData><x:EncryptionMethod Algorithm="{data}"/>'
        f"{'' if beside else f'<ds:KeyInfo>{key}</ds:KeyInfo>'}<x:CipherData><x:CipherValue>"
        f"{base64.b64encode(cipher).decode()}</x:CipherValue></x:CipherData></x:EncryptedData>"
        f"{key if beside else ''}</a:EncryptedAssertion>"
    )
    root.replace(assertion, encrypted)
    return root
