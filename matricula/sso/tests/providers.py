"""Identity providers made up for tests: keys, documents, tokens, and a network that is none."""

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from functools import cache

from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey

from matricula.security.outgoing import Fetched, FetchFailed
from matricula.sso.code_flow import Client, Secrets
from matricula.sso.discovery import Discovery
from matricula.sso.id_tokens import Expected
from matricula.sso.key_sets import read_key_set

ISSUER, CLIENT_ID, NONCE = "https://id.acme.example", "matricula", "N" * 43
NOW = 1_800_000_000
CLAIMS = {
    "iss": ISSUER,
    "sub": "ada-1",
    "aud": CLIENT_ID,
    "exp": NOW + 300,
    "iat": NOW,
    "nonce": NONCE,
    "email": "ada@acme.example",
    "name": "Ada Lovelace",
}
DOCUMENT = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/keys",
    "userinfo_endpoint": f"{ISSUER}/userinfo",
    "response_types_supported": ["code"],
    "id_token_signing_alg_values_supported": ["RS256"],
}
DISCOVERY = Discovery(
    issuer=ISSUER,
    authorization_endpoint=f"{ISSUER}/authorize",
    token_endpoint=f"{ISSUER}/token",
    jwks_uri=f"{ISSUER}/keys",
    userinfo_endpoint=f"{ISSUER}/userinfo",
)
CLIENT = Client(CLIENT_ID, "s3cret", "https://learn.example/sso/acme/oidc/callback")
SECRETS = Secrets(state="S" * 43, nonce=NONCE, verifier="V" * 43)
EXPECTED = Expected(issuer=ISSUER, client_id=CLIENT_ID, nonce=NONCE, algorithms=("RS256",))
EVERY_ALGORITHM = {
    **dict.fromkeys(["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"], "RSA"),
    "ES256": "P-256",
    "ES384": "P-384",
    "ES512": "P-521",
    "EdDSA": "Ed25519",
    "Ed25519": "Ed25519",
}


@cache
def make_key(kind="RSA", kid="k1", number=1):
    """The same for the same words; another `number` is another key."""
    given = {"kid": kid} if kid else {}
    if kind == "RSA":
        return RSAKey.generate_key(2048, given)
    return (OKPKey if kind.startswith("Ed") else ECKey).generate_key(kind, given)


def public_set(*keys):
    """The text of a key set, as a provider publishes it."""
    return json.dumps({"keys": [key.as_dict(private=False) for key in keys]})


def keys_of(*keys):
    return read_key_set(public_set(*(keys or [make_key()])))


def b64(value):
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def make_token(claims=CLAIMS, key=None, algorithm="RS256", **header):
    """Signed, whatever it says. A `kid` of None leaves it out."""
    key = key or make_key()
    shown = {"alg": algorithm, "kid": key.kid, **header}
    shown = {name: value for name, value in shown.items() if value is not None}
    payload = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    signed = f"{b64(json.dumps(shown).encode())}.{b64(payload)}"
    return f"{signed}.{b64(jws.JWSRegistry.algorithms[algorithm].sign(signed.encode(), key))}"


def without(*names):
    return {name: value for name, value in CLAIMS.items() if name not in names}


def sign_by_secret(secret):
    """HS256, which a verifier that is too obliging checks with the public key."""
    header = {"alg": "HS256", "kid": "k1"}
    signed = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(CLAIMS).encode())}"
    return f"{signed}.{b64(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"


def leave_unsigned(algorithm):
    return f"{b64(json.dumps({'alg': algorithm}).encode())}.{b64(json.dumps(CLAIMS).encode())}."


class Network:
    """Answers from a table of addresses, and remembers what it was asked."""

    def __init__(self, **answers):
        self.answers = {f"{ISSUER}/{name}": answer for name, answer in answers.items()}
        self.asked = []

    def __call__(self, url, *, method="GET", body=None, headers=None, largest):
        self.asked.append((method, url, body, headers or {}))
        answer = self.answers.get(url, (404, b"<h1>Not found</h1>"))
        if isinstance(answer, FetchFailed):
            raise answer
        status, content = answer if isinstance(answer, tuple) else (200, answer)
        return Fetched(status, {}, content if isinstance(content, bytes) else json.dumps(content).encode())


def differing(**changes):
    """What is expected, but for `changes`."""
    return replace(EXPECTED, **changes)
