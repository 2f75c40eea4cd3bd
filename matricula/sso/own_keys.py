"""Our own keys, for which a SAML provider may encrypt: none is there until an owner asks."""

from contextlib import suppress
from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.db import transaction
from django.utils import timezone

from matricula.accounts.models import Account
from matricula.audit.models import record
from matricula.identities.models import SEAL, Connection, ConnectionKey
from matricula.security.secrets import SealUnreadable, seal, unseal
from matricula.sso.saml_errors import TooManyKeys
from matricula.sso.x509_certificates import X509Certificate, read_certificate

BITS = 3072
LASTS = timedelta(days=3650)
"""What it says of itself. A provider trusts it because it stands in our metadata, and it goes by hand."""
AT_MOST = 2
"""One, and the next one."""


@transaction.atomic
def make_own_key(*, connection: Connection, actor: Account) -> ConnectionKey:
    """The first switches encryption on; a second one is published beside it. Raises TooManyKeys."""
    held = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
    if held.certificates.own().count() >= AT_MOST:
        raise TooManyKeys
    private = rsa.generate_private_key(65537, BITS)
    certificate = self_signed(private)
    key: ConnectionKey = held.certificates.create(
        kind=ConnectionKey.Kind.OWN,
        certificate=certificate.to_text(),
        sealed_key=seal(SEAL, write_private_key(private)),
        fingerprint=certificate.fingerprint,
        starts_at=certificate.not_before,
        ends_at=certificate.not_after,
    )
    record(
        "connection.key_made",
        actor=actor,
        organization=held.organization_id,
        subject=held,
        after={"name": key.fingerprint},
    )
    return key


def self_signed(private: rsa.RSAPrivateKey) -> X509Certificate:
    """Metadata shows keys in certificates, whoever made them (SAML 2.0 Metadata Interoperability, 2.6.1)."""
    now = timezone.now()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Matricula")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + LASTS)
        .sign(private, hashes.SHA256())
    )
    return X509Certificate(made.public_bytes(serialization.Encoding.DER))


def write_private_key(private: rsa.RSAPrivateKey) -> str:
    return private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def private_keys(keys: list[ConnectionKey]) -> dict[int, rsa.RSAPrivateKey]:
    """By the row of each. One that can be unsealed no more opens nothing, and stops nobody else."""
    found: dict[int, rsa.RSAPrivateKey] = {}
    for key in keys:
        with suppress(SealUnreadable):
            pem = unseal(SEAL, key.sealed_key).encode()
            # We wrote it ourselves: checking its arithmetic again costs fifty times what loading does.
            loaded = serialization.load_pem_private_key(pem, None, unsafe_skip_rsa_key_validation=True)
            if isinstance(loaded, rsa.RSAPrivateKey):
                found[key.pk] = loaded
    return found


def published_certificates(connection: Connection) -> list[X509Certificate]:
    """The newest first: many providers take the first they find."""
    return [read_certificate(one.certificate) for one in connection.certificates.own().order_by("-added_at")]
