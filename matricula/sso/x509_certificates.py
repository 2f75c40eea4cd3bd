"""X.509 certificates (RFC 5280), as metadata and people bring them. The pin is the trust, not the issuer."""

import base64
import re
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from matricula.sso.saml_errors import CertificateTooWeak, CertificateUnreadable

SHORTEST_RSA = 2048
DER_BEGINS = b"\x30"
"""A sequence (X.690, 8.9), which no PEM or base64 of a certificate begins with."""
PEM = re.compile(r"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]*)-----END CERTIFICATE-----")


@dataclass(frozen=True)
class X509Certificate:
    """A provider's, or one of ours. Its dates are told, never enforced."""

    der: bytes

    @cached_property
    def loaded(self) -> x509.Certificate:
        return x509.load_der_x509_certificate(self.der)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256, in hexadecimal."""
        return self.loaded.fingerprint(hashes.SHA256()).hex()

    @property
    def not_before(self) -> datetime:
        return self.loaded.not_valid_before_utc

    @property
    def not_after(self) -> datetime:
        return self.loaded.not_valid_after_utc

    @cached_property
    def signs_with(self) -> str:
        """`rsa` or `ecdsa`, as algorithms are named; nothing for a key that is not accepted."""
        key = self.loaded.public_key()
        if isinstance(key, rsa.RSAPublicKey) and key.key_size >= SHORTEST_RSA:
            return "rsa"
        if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1 | ec.SECP384R1):
            return "ecdsa"
        return ""

    @property
    def subject(self) -> str:
        """As RFC 4514 writes it; nothing where it cannot be written. It is told, never believed."""
        try:
            return self.loaded.subject.rfc4514_string()
        except ValueError:
            return ""

    @property
    def key_words(self) -> str:
        """Such as RSA 2048 or ECDSA secp256r1."""
        key = self.loaded.public_key()
        if isinstance(key, rsa.RSAPublicKey):
            return f"RSA {key.key_size}"
        return f"ECDSA {key.curve.name}" if isinstance(key, ec.EllipticCurvePublicKey) else ""

    def to_text(self) -> str:
        """Base64 of DER: how metadata writes it, and how it is kept."""
        return base64.b64encode(self.der).decode()


def read_certificate(given: str | bytes) -> X509Certificate:
    """A certificate as people bring it: PEM (RFC 7468), base64 as in metadata (XML Signature, 4.5.4), or DER.

    Raises CertificateUnreadable or CertificateTooWeak.
    """
    try:
        der = given if isinstance(given, bytes) and given[:1] == DER_BEGINS else decode_text(given)
        certificate = X509Certificate(der)
        known = certificate.signs_with, certificate.fingerprint, certificate.not_before, certificate.not_after
    except (ValueError, UnsupportedAlgorithm) as error:
        raise CertificateUnreadable from error
    if not known[0]:
        raise CertificateTooWeak
    return certificate


def decode_text(given: str | bytes) -> bytes:
    """Raises ValueError."""
    text = given if isinstance(given, str) else given.decode()
    pem = PEM.search(text)
    return base64.b64decode("".join((pem[1] if pem else text).split()), validate=True)
