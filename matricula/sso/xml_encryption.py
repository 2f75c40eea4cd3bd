"""Opens encrypted assertions (SAML 2.0 Core, 2.3.4; XML Encryption 1.1): AES and RSA-OAEP, nothing older."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from matricula.sso.xml_documents import ENCRYPTION, ENCRYPTION_11, SIGNATURE, Element, read_text

CBC = {f"{ENCRYPTION[1:-1]}aes{bits}-cbc": bits for bits in (128, 192, 256)}
GCM = {f"{ENCRYPTION_11[1:-1]}aes{bits}-gcm": bits for bits in (128, 192, 256)}
OAEP_MGF1_SHA1 = f"{ENCRYPTION[1:-1]}rsa-oaep-mgf1p"
OAEP = f"{ENCRYPTION_11[1:-1]}rsa-oaep"
KEY_METHODS = (OAEP_MGF1_SHA1, OAEP)

# SHA-1 within OAEP is not a signature: no collision helps anybody, and SimpleSAMLphp and ADFS use it.
SHA1 = f"{SIGNATURE[1:-1]}sha1"
DIGESTS: dict[str, hashes.HashAlgorithm] = {
    SHA1: hashes.SHA1(),  # noqa: S303
    f"{ENCRYPTION[1:-1]}sha256": hashes.SHA256(),
    "http://www.w3.org/2001/04/xmldsig-more#sha384": hashes.SHA384(),
    f"{ENCRYPTION[1:-1]}sha512": hashes.SHA512(),
}
MASKS: dict[str, hashes.HashAlgorithm] = {
    f"{ENCRYPTION_11[1:-1]}mgf1sha1": hashes.SHA1(),  # noqa: S303
    f"{ENCRYPTION_11[1:-1]}mgf1sha256": hashes.SHA256(),
    f"{ENCRYPTION_11[1:-1]}mgf1sha384": hashes.SHA384(),
    f"{ENCRYPTION_11[1:-1]}mgf1sha512": hashes.SHA512(),
}
MOST_KEYS = 4
"""The key is wrapped once for each of our certificates. Trying one costs a private operation."""
BLOCK = 16
NONCE = 12


class NotDecrypted(Exception):
    """It could not be opened. Why, nobody is told: whoever asks often enough would learn the text."""


@dataclass(frozen=True)
class Decrypted:
    """The bytes of an assertion, and which of our keys opened them."""

    content: bytes
    key: rsa.RSAPrivateKey


def decrypt_assertion(encrypted: Element, keys: Sequence[rsa.RSAPrivateKey]) -> Decrypted:
    """What is in an EncryptedAssertion (SAML 2.0 Core, 2.3.4). Raises NotDecrypted."""
    try:
        data = find_only(encrypted, "EncryptedData")
        for wrapped in list(encrypted.iter(ENCRYPTION + "EncryptedKey"))[:MOST_KEYS]:
            for key in keys:
                session_key = unwrap_key(wrapped, key)
                if session_key:
                    return Decrypted(decrypt_data(data, session_key), key)
    except (ValueError, KeyError, TypeError, InvalidTag, UnsupportedAlgorithm) as error:
        raise NotDecrypted from error
    raise NotDecrypted


def find_only(element: Element, name: str) -> Element:
    found = element.findall(ENCRYPTION + name)
    if len(found) != 1:
        raise ValueError(name)
    return found[0]


def read_cipher(element: Element) -> bytes:
    value = read_text(find_only(find_only(element, "CipherData"), "CipherValue"))
    return base64.b64decode("".join(value.split()), validate=True)


def unwrap_key(wrapped: Element, key: rsa.RSAPrivateKey) -> bytes:
    """The key of the data, or nothing when it was wrapped for another key (XML Encryption 1.1, 5.5.2)."""
    method = find_only(wrapped, "EncryptionMethod")
    if method.get("Algorithm") not in KEY_METHODS:
        raise ValueError(method.get("Algorithm"))
    cipher = read_cipher(wrapped)
    try:
        return key.decrypt(cipher, read_padding(method))
    except ValueError:
        return b""


def read_padding(method: Element) -> padding.OAEP:
    """The parameters of OAEP: SHA-1 where nothing is said; a label is not accepted (nobody sends one)."""
    if method.find(ENCRYPTION + "OAEPparams") is not None:
        raise KeyError("OAEPparams")
    digest, mask = method.find(SIGNATURE + "DigestMethod"), method.find(ENCRYPTION_11 + "MGF")
    if method.get("Algorithm") == OAEP_MGF1_SHA1 or mask is None:
        mask_hash: hashes.HashAlgorithm = hashes.SHA1()  # noqa: S303
    else:
        mask_hash = MASKS[mask.get("Algorithm")]
    digest_hash = DIGESTS[SHA1 if digest is None else digest.get("Algorithm")]
    return padding.OAEP(padding.MGF1(mask_hash), digest_hash, None)


def decrypt_data(data: Element, key: bytes) -> bytes:
    """What is in an EncryptedData (XML Encryption 1.1, 5.2)."""
    algorithm = find_only(data, "EncryptionMethod").get("Algorithm")
    cipher = read_cipher(data)
    if len(key) * 8 != {**CBC, **GCM}[algorithm]:
        raise ValueError(algorithm)
    if algorithm in GCM:
        return AESGCM(key).decrypt(cipher[:NONCE], cipher[NONCE:], None)
    decryptor = Cipher(algorithms.AES(key), modes.CBC(cipher[:BLOCK])).decryptor()
    return remove_padding(decryptor.update(cipher[BLOCK:]) + decryptor.finalize())


def remove_padding(padded: bytes) -> bytes:
    """Only the last byte is told: how many were added (XML Encryption 1.1, 5.2.1)."""
    added = padded[-1] if padded else 0
    if not 1 <= added <= BLOCK:
        raise ValueError("padding")
    return padded[:-added]
