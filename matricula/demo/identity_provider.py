"""The demonstration company's identity provider: OpenID Connect, the code flow, and nothing beside it.

It has one client, the connection that the demonstration set up, and believes whoever says who they are. It
keeps a sealed file; a code is sealed, too, and is nothing that has to be kept.
"""

import binascii
import json
import secrets
import time
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from hmac import compare_digest
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote_plus, urlencode

from django.conf import settings
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import RSAKey

from matricula.identities.errors import AnswerRepeated
from matricula.identities.flows import note_seen_once
from matricula.identities.models import Connection
from matricula.security.secrets import SealUnreadable, seal, unseal
from matricula.sso.code_flow import code_challenge
from matricula.sso.connections import callback_address
from matricula.web.values import text_in

CLIENT_ID = "matricula"
SEAL, CODE_SEAL = "demonstration-provider", "demonstration-code"
CODE_SECONDS = 60
TOKEN_SECONDS = 300
CHALLENGE_LENGTH = 43
"""Characters of a SHA-256 in base64url (RFC 7636, 4.2)."""


@dataclass(frozen=True)
class Employee:
    """Somebody of whom the company's directory knows."""

    subject: str
    name: str
    email: str
    note: str


class TokenRefused(Exception):
    """`error` is a code of RFC 6749, 5.2."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error

    @property
    def status(self) -> int:
        return 401 if self.error == "invalid_client" else 400


@dataclass(frozen=True)
class Provider:
    """Its one client, and what it signs with."""

    connection: Connection
    client_secret: str = field(repr=False)
    key: RSAKey = field(repr=False)

    @classmethod
    def made_for(cls, connection: Connection) -> Self:
        """A new key and a new secret, in place of those there were."""
        key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
        made = cls(connection, secrets.token_urlsafe(32), key)
        kept = {"client_secret": made.client_secret, "key": key.as_dict(private=True)}
        file = file_of(connection)
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(seal(SEAL, json.dumps(kept)))
        return made

    @classmethod
    def of(cls, connection: Connection) -> Self | None:
        """None where the demonstration made none for it, or under a key of the site that is gone."""
        try:
            kept = json.loads(unseal(SEAL, file_of(connection).read_text()))
        except (OSError, SealUnreadable):
            return None
        return cls(connection, kept["client_secret"], RSAKey.import_key(kept["key"]))

    def is_client(self, authorization: str) -> bool:
        """Whether a header of HTTP Basic proves the client (RFC 6749, 2.3.1)."""
        scheme, _, pair = authorization.partition(" ")
        try:
            name, _, secret = b64decode(pair, validate=True).decode().partition(":")
        except (binascii.Error, ValueError):
            return False
        ours = f"{CLIENT_ID}:{self.client_secret}".encode()
        return scheme.lower() == "basic" and compare_digest(
            f"{unquote_plus(name)}:{unquote_plus(secret)}".encode(), ours
        )

    def key_set(self) -> dict[str, Any]:
        return {"keys": [self.key.as_dict(private=False)]}


@dataclass(frozen=True)
class AuthorizationRequest:
    """What a browser was sent with (OpenID Connect Core 1.0, 3.1.2.1), by the names it has there."""

    client_id: str
    redirect_uri: str
    response_type: str
    scope: str
    state: str
    nonce: str
    code_challenge: str
    code_challenge_method: str

    @classmethod
    def of_query(cls, query: Mapping[str, str]) -> Self:
        """Raises BadRequest for what nobody could have been sent with."""
        return cls(**{one.name: text_in(query, one.name) for one in fields(cls)})

    def is_of(self, provider: Provider) -> bool:
        """Nobody is sent anywhere before this is true (RFC 6749, 4.1.2.1)."""
        return (self.client_id, self.redirect_uri) == (CLIENT_ID, callback_address(provider.connection))

    @property
    def fault(self) -> str:
        """A code of RFC 6749, 4.1.2.1, or nothing."""
        if self.response_type != "code":
            return "unsupported_response_type"
        if "openid" not in self.scope.split():
            return "invalid_scope"
        is_proven = self.code_challenge_method == "S256" and len(self.code_challenge) == CHALLENGE_LENGTH
        return "" if is_proven and self.state and self.nonce else "invalid_request"

    def answered(self, **answer: str) -> str:
        """Where the browser goes back to, and whose answer it brings (RFC 9207, 2)."""
        return f"{self.redirect_uri}?{urlencode({**answer, 'state': self.state, 'iss': issuer()})}"


def issuer() -> str:
    return f"{settings.BASE_URL}/_idp"


def file_of(connection: Connection) -> Path:
    folder: Path = settings.DATA_DIR / "demonstration"
    return folder / connection.public_id


def find_provider() -> Provider | None:
    """That of this database and this address, if the demonstration made one."""
    rows = Connection.objects.select_related("organization").filter(issuer=issuer()).order_by("pk")
    return next(filter(None, map(Provider.of, rows)), None)


def discovery_document() -> dict[str, Any]:
    """OpenID Connect Discovery 1.0, 3."""
    return {
        "issuer": issuer(),
        "authorization_endpoint": f"{issuer()}/authorize/",
        "token_endpoint": f"{issuer()}/token/",
        "jwks_uri": f"{issuer()}/keys/",
        "scopes_supported": ["openid", "email", "profile"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        "code_challenge_methods_supported": ["S256"],
        "claims_supported": ["iss", "sub", "aud", "exp", "iat", "nonce", "email", "name"],
        "authorization_response_iss_parameter_supported": True,
    }


def give_code(asked: AuthorizationRequest, employee: Employee) -> str:
    """What was asked, and who answered: good once, within CODE_SECONDS."""
    said = {
        "sub": employee.subject,
        "email": employee.email,
        "name": employee.name,
        "nonce": asked.nonce,
        "challenge": asked.code_challenge,
        "redirect_uri": asked.redirect_uri,
        "once": secrets.token_urlsafe(16),
    }
    return seal(CODE_SEAL, json.dumps(said))


def take_code(provider: Provider, form: Mapping[str, str], authorization: str) -> dict[str, Any]:
    """The answer of the token endpoint (Core 1.0, 3.1.3.3; RFC 7636, 4.6). Raises TokenRefused."""
    if not provider.is_client(authorization):
        raise TokenRefused("invalid_client")
    if text_in(form, "grant_type") != "authorization_code":
        raise TokenRefused("unsupported_grant_type")
    try:
        said = json.loads(unseal(CODE_SEAL, text_in(form, "code"), seconds=CODE_SECONDS))
    except SealUnreadable as unknown:
        raise TokenRefused("invalid_grant") from unknown
    proven = compare_digest(code_challenge(text_in(form, "code_verifier")), said["challenge"])
    if not proven or text_in(form, "redirect_uri") != said["redirect_uri"]:
        raise TokenRefused("invalid_grant")
    use_up(provider, said["once"])
    return {
        "access_token": secrets.token_urlsafe(32),
        "token_type": "Bearer",
        "expires_in": CODE_SECONDS,
        "id_token": id_token(provider, said),
    }


def use_up(provider: Provider, once: str) -> None:
    """Raises TokenRefused for a code that was used: the database decides between two at once."""
    until = timezone.now() + timedelta(seconds=2 * CODE_SECONDS)
    try:
        note_seen_once(connection=provider.connection, value=once, until=until)
    except AnswerRepeated as repeated:
        raise TokenRefused("invalid_grant") from repeated


def id_token(provider: Provider, said: Mapping[str, str]) -> str:
    """Core 1.0, 2."""
    now = int(time.time())
    claims = {
        "iss": issuer(),
        "aud": CLIENT_ID,
        "iat": now,
        "exp": now + TOKEN_SECONDS,
        **{name: said[name] for name in ("sub", "nonce", "email", "name")},
    }
    return jwt.encode({"alg": "RS256", "kid": provider.key.kid}, claims, provider.key)
