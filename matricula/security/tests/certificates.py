"""Certificates as good and bad mail servers show them, and the authority that some of them come from."""

import ssl
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "localhost"


def named(words):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words)])


class Authority:
    """Signs what it is asked to; `file` is what an operator names in MATRICULA_CA_FILE."""

    def __init__(self, folder, name="Nordlicht's own authority"):
        self.folder, self.name, self.key = folder, named(name), ec.generate_private_key(ec.SECP256R1())
        certificate = self.signed(self.name, self.key, x509.BasicConstraints(ca=True, path_length=None), 30)
        self.file = folder / "authority.pem"
        self.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def signed(self, subject, key, extension, days, issuer=None, signer=None):
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer or self.name)
        builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(now - timedelta(days=60)).not_valid_after(
            now + timedelta(days=days)
        )
        builder = builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        return builder.sign(signer or self.key, hashes.SHA256())

    def server(self, host=HOST, *, days=30, by_itself=False):
        """A TLS context that shows a certificate for `host`, running out in `days`."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        own = {"issuer": named(host), "signer": key} if by_itself else {}
        certificate = self.signed(named(host), key, names, days, **own)
        file = self.folder / "server.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context
