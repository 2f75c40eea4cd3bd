"""The keys that an identity provider signs with (RFC 7517), and which of them we take."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from matricula.sso.errors import NoSigningKey
from matricula.sso.json_documents import Fetch, fetch_json, read_json_object

ALGORITHMS = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"),
    *("EdDSA", "Ed25519"),  # one and the same, by its names in RFC 8037 and RFC 9864
)
"""How an ID token may be signed. Never by `none`, never by a secret that we share (RFC 8725, 3.2)."""
PUBLIC = ("kty", "use", "key_ops", "alg", "kid", "n", "e", "crv", "x", "y")
"""All that is read of a key: no private part that was published by mistake, no certificate, no address."""
RSA_BITS = range(2048, 8193)
"""Shorter ones can be broken, and longer ones are slow enough to keep us busy with."""
SIGNING_CURVES = ("Ed25519", "Ed448")
"""Of those that RFC 8037 names. joserfc finds out about the others only while it checks a signature."""
PublicKey = RSAKey | ECKey | OKPKey


@dataclass(frozen=True)
class SigningKey:
    """One key. `thumbprint` is its lasting name (RFC 7638), `kid` the one its provider gave it, if any."""

    kid: str | None
    thumbprint: str
    key: PublicKey

    def fits(self, algorithm: str) -> bool:
        """Whether kind, curve and purpose are right (RFC 7517, 4.2 to 4.4)."""
        try:
            JWSRegistry.algorithms[algorithm].check_key(self.key)
            self.key.check_key_op("verify")
        except JoseError:
            return False
        return True


@dataclass(frozen=True)
class KeySet:
    keys: tuple[SigningKey, ...]

    def find_keys(self, kid: str | None, algorithm: str) -> tuple[SigningKey, ...]:
        """Those of that name which fit; without a name, all that fit."""
        named = self.keys if kid is None else (one for one in self.keys if one.kid == kid)
        return tuple(one for one in named if one.fits(algorithm))

    def __str__(self) -> str:
        return ", ".join(one.kid or one.thumbprint for one in self.keys)


def fetch_key_set(fetch: Fetch, address: str) -> str:
    """The text of the key set at discovery's `jwks_uri`, to be kept and read by `read_key_set`.

    It was read once, so that a broken one never takes the place of one that works. Raises ProviderError,
    FetchFailed.
    """
    _keys, body = fetch_json(fetch, address)
    text = body.decode()
    read_key_set(text)
    return text


@lru_cache(maxsize=64)
def read_key_set(text: str) -> KeySet:
    """The keys of a JWK Set (RFC 7517, 5) that may sign. Others in it are passed over.

    What was read is remembered: preparing a key takes longer than checking a signature. Raises ProviderError.
    """
    listed = read_json_object(text.encode()).get("keys")
    found = [read_key(one) for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    keys = tuple(one for one in found if one is not None)
    if not keys:
        raise NoSigningKey
    return KeySet(keys)


def read_key(jwk: Mapping[str, Any]) -> SigningKey | None:
    """None for a key that we cannot use: of an unknown kind, too short, for something else, malformed."""
    try:
        key = JWKRegistry.import_key({name: jwk[name] for name in PUBLIC if name in jwk})
        if not isinstance(key, PublicKey) or not may_sign(key):
            return None
        return SigningKey(key.kid, key.thumbprint(), key)
    except (JoseError, UnsupportedAlgorithm, ValueError, TypeError, KeyError):
        return None


def may_sign(key: PublicKey) -> bool:
    """Whether any of our algorithms could use it."""
    if isinstance(key, RSAKey) and key.raw_value.key_size not in RSA_BITS:
        return False
    if isinstance(key, OKPKey) and key.curve_name not in SIGNING_CURVES:
        return False
    signing = SigningKey(key.kid, "", key)
    return any(signing.fits(algorithm) for algorithm in ALGORITHMS)
