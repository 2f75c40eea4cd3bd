"""Whom we believe on the way out: one TLS context for every connection that this site opens itself.

A certificate has to name the host and to come from an authority of this machine, or of MATRICULA_CA_FILE,
before anything is said to whoever holds it (RFC 9525).
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

EXPIRED, UNKNOWN = 10, (18, 19, 20, 21)
"""What OpenSSL calls X509_V_ERR_CERT_HAS_EXPIRED, and its errors of authorities that nobody here knows."""


class CertificateRefused(OSError):
    """The other side could not prove that it is the host we meant; nothing was said to it."""


def tls_context() -> ssl.SSLContext:
    """Certificates and host names are looked at; authorities of ours come beside the machine's."""
    context = ssl.create_default_context()
    if settings.CA_FILE:
        context.load_verify_locations(settings.CA_FILE)
    return context


@contextmanager
def verifying(host: str) -> Iterator[None]:
    """Raises CertificateRefused, in words for whoever runs the site."""
    try:
        yield
    except ssl.SSLCertVerificationError as fault:
        raise CertificateRefused(fault_words(fault, host)) from fault


def fault_words(fault: ssl.SSLCertVerificationError, host: str) -> str:
    said = fault.verify_message.rstrip(".")
    words = f"the certificate of {host} is refused: {said}"
    if fault.verify_code in UNKNOWN:
        return f"{words}; name the file of the authority it comes from in MATRICULA_CA_FILE"
    return f"{words}; renew it there" if fault.verify_code == EXPIRED else words
