"""Whether an ID token is believed (OpenID Connect Core 1.0, 3.1.3.7; RFC 8725), and whom it names."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from hmac import compare_digest
from typing import Literal, TypeGuard

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwa import JWSAlgModel

from matricula.mail.addresses import AddressRefused, canonical
from matricula.mail.composition import one_line
from matricula.sso.answers import Answer, AnswerRefused, Check, Checks, Values, utc
from matricula.sso.errors import ProviderError
from matricula.sso.json_documents import JsonObject, is_keepable, read_json_object
from matricula.sso.key_sets import ALGORITHMS, KeySet, SigningKey

LARGEST_TOKEN = 16 * 1024
SKEW = 60
"""Seconds by which two clocks may differ."""
OLDEST = 600
"""Seconds since the token was made: it answers a sign-in of just now."""
LAST_TIME = 2.0**53
"""No time is later, and up to here a number is the same in every reader (RFC 7493, 2.2)."""
LONGEST_NAME, MOST_GROUPS = 200, 500
SubjectClaim = Literal["sub", "oid"]
"""What a person is known by. `oid` is Entra's: alike in all applications of a tenant, which `sub` is not.

Never `email`, `upn` or `preferred_username`: they change hands.
"""


@dataclass(frozen=True)
class Expected:
    """What the token has to say. All comes from the connection and the flow, nothing from the answer."""

    issuer: str
    client_id: str
    nonce: str
    algorithms: tuple[str, ...]
    """Discovery's."""
    skew: int = SKEW
    subject_claim: SubjectClaim = "sub"
    tenant: str = ""
    """The pinned `tid`, without which `oid` is not taken."""


@dataclass(frozen=True)
class IdToken:
    """Believed. `key` is the thumbprint (RFC 7638) of the one that signed."""

    subject: str
    claims: JsonObject
    algorithm: str
    key: str


class KeyUnknown(AnswerRefused):
    """No key of the set fits. With a newer set of the same provider the token may be judged once more."""


class Registry(jws.JWSRegistry):
    """Sizes fit for ID tokens. Algorithms were looked at before; joserfc's look warns of the name EdDSA."""

    max_header_length = 4096
    max_payload_length = LARGEST_TOKEN
    max_signature_length = 2048

    def get_alg(self, name: str) -> JWSAlgModel:
        return self.algorithms[name]


REGISTRY = Registry(algorithms=ALGORITHMS, strict_check_header=False)
"""What a header has beyond the standard is passed over (RFC 7515, 4), unless it is marked as critical."""


def judge_id_token(token: str, *, keys: KeySet, expected: Expected, now: float, checks: Checks) -> IdToken:
    """The token, believed (Core 1.0, 3.1.3.7). `checks` get all that was looked at.

    `now` is in seconds since 1970. `at_hash` is not looked at: the token came from the token endpoint
    itself (3.1.3.8). Raises AnswerRefused, and of these KeyUnknown when a newer key set may help.
    """
    signed = read_signed(token, checks)
    algorithm = require_algorithm(signed, expected, checks)
    key = require_signature(signed, keys, algorithm, checks)
    claims = read_claims(signed, checks)
    require_audience(claims, expected, checks)
    require_times(claims, now, expected.skew, checks)
    nonce = claims.get("nonce")
    checks.require("nonce", same_text(nonce, expected.nonce), expected=expected.nonce, seen=nonce)
    return IdToken(require_subject(claims, expected, checks), claims, algorithm, key.thumbprint)


def read_signed(token: str, checks: Checks) -> jws.CompactSignature:
    """The three parts (RFC 7515, 7.1), nothing of which is believed yet."""
    checks.require("size", len(token) <= LARGEST_TOKEN, expected=LARGEST_TOKEN, seen=len(token))
    try:
        signed = jws.extract_compact(token.encode(), registry=REGISTRY)
    # joserfc lets through what Python says of JSON that is no object, or lies too deep.
    except (JoseError, ValueError, TypeError, RecursionError):
        checks.require("form", passed=False, expected="3 parts", seen=f"{token.count('.') + 1} parts")
        raise
    header: object = signed.protected
    formed = isinstance(header, dict) and isinstance(header.get("kid", ""), str)
    checks.require("form", formed, expected="a header with a key id", seen=header)
    checks.require("critical", "crit" not in signed.protected, seen=signed.protected.get("crit", ""))
    return signed


def require_algorithm(signed: jws.CompactSignature, expected: Expected, checks: Checks) -> str:
    """One of ours that is theirs, too (RFC 8725, 3.1), whatever the caller expects."""
    algorithm = signed.protected.get("alg")
    allowed = [one for one in ALGORITHMS if one in expected.algorithms]
    checks.require("algorithm", algorithm in allowed, expected=", ".join(allowed), seen=algorithm)
    return str(algorithm)


def require_signature(
    signed: jws.CompactSignature, keys: KeySet, algorithm: str, checks: Checks
) -> SigningKey:
    """By a key of the connection's set, found by `kid`, never by one the token brings along.

    A token without `kid` is taken only where one key fits (Core 1.0, 10.1).
    """
    kid = signed.protected.get("kid")
    found = keys.find_keys(kid, algorithm)
    if not found:
        checks.append(Check("key", passed=False, expected=str(keys)[:300], seen=one_line(kid or "", 300)))
        raise KeyUnknown(checks)
    checks.require("key", kid is not None or len(found) == 1, expected="a key id", seen="")
    signing = next((one for one in found if is_signed(signed, one)), None)
    checks.require("signature", signing is not None, seen=kid or "")
    return signing or found[0]


def is_signed(signed: jws.CompactSignature, signing: SigningKey) -> bool:
    try:
        return jws.validate_compact(signed, signing.key, registry=REGISTRY)
    except (JoseError, ValueError, TypeError):
        return False


def read_claims(signed: jws.CompactSignature, checks: Checks) -> JsonObject:
    """The claims set (RFC 7519, 7.2)."""
    try:
        claims = read_json_object(signed.payload)
    except ProviderError:
        checks.require("claims", passed=False, expected="a JSON object")
        raise
    checks.require("claims", passed=True, expected="a JSON object")
    return claims


def require_audience(claims: JsonObject, expected: Expected, checks: Checks) -> None:
    """By whom, for whom and at whose request (Core 1.0, 2, and 3.1.3.7, 2 to 5)."""
    issuer, ours = claims.get("iss"), expected.client_id
    checks.require("issuer", issuer == expected.issuer, expected=expected.issuer, seen=issuer)
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    named = bool(ours) and ours in audiences and all(isinstance(one, str) for one in audiences)
    checks.require("audience", named, expected=ours, seen=audience)
    party = claims.get("azp")
    alone = "azp" not in claims and len(audiences) == 1
    checks.require("authorized_party", alone or party == ours, expected=ours, seen=party or "")


def require_times(claims: JsonObject, now: float, skew: int, checks: Checks) -> None:
    """That it is used in its time (Core 1.0, 3.1.3.7, 9 and 10; RFC 7519, 4.1.4 to 4.1.6)."""
    expires, begins, made = claims.get("exp"), claims.get("nbf", now), claims.get("iat")
    checks.require(
        "expires",
        is_time(expires) and expires > now - skew,
        expected=f"after {utc(now - skew)}",
        seen=utc(expires),
    )
    checks.require(
        "not_before",
        is_time(begins) and begins <= now + skew,
        expected=f"until {utc(now + skew)}",
        seen=utc(begins),
    )
    fresh = is_time(made) and now - OLDEST - skew <= made <= now + skew
    checks.require(
        "issued_at", fresh, expected=f"{utc(now - OLDEST - skew)} … {utc(now + skew)}", seen=utc(made)
    )


def is_time(value: object) -> TypeGuard[float]:
    """A number that is one in JSON, which a truth value is not."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= LAST_TIME


def same_text(value: object, secret: str) -> bool:
    """Compared without telling by the time where they differ."""
    return (
        isinstance(value, str)
        and bool(secret)
        and compare_digest(value.encode(errors="surrogatepass"), secret.encode())
    )


def require_subject(claims: JsonObject, expected: Expected, checks: Checks) -> str:
    """Who it is: 1 to 255 ASCII characters (Core 1.0, 2). `oid` counts within the pinned tenant only."""
    subject = claims.get("sub")
    checks.require("subject", is_keepable(subject), expected="1 to 255 ASCII characters", seen=subject)
    if expected.subject_claim == "sub":
        return str(subject)
    tenant, person = claims.get("tid"), claims.get("oid")
    checks.require("tenant", same_text(tenant, expected.tenant), expected=expected.tenant, seen=tenant)
    checks.require("object_id", is_keepable(person), expected="1 to 255 ASCII characters", seen=person)
    return str(person)


def answer_of_claims(
    claims: JsonObject,
    subject: str,
    *,
    email_claim: str = "",
    name_claim: str = "",
    groups_claim: str = "groups",
) -> Answer:
    """What the claims (Core 1.0, 5.1) say of somebody, for what follows knows no protocol.

    Where a claim that was chosen says nothing, the usual one may.
    """
    return Answer(
        subject=subject,
        email=read_email({"email": claims.get(email_claim)}) or read_email(claims),
        full_name=name_part(claims, name_claim) or read_full_name(claims),
        email_doubted=claims.get("email_verified", True) not in (True, "true"),
        groups=read_groups(claims, groups_claim),
        values=spread_claims(claims),
    )


def read_email(claims: JsonObject) -> str:
    """Empty unless mail could reach it."""
    email = claims.get("email")
    try:
        plausible = isinstance(email, str) and email.isprintable() and bool(canonical(email))
    except AddressRefused:
        return ""
    return str(email).strip() if plausible else ""


def read_full_name(claims: JsonObject) -> str:
    """`name`, or the given and the family name."""
    whole = name_part(claims, "name")
    return whole or one_line(
        f"{name_part(claims, 'given_name')} {name_part(claims, 'family_name')}", LONGEST_NAME
    )


def name_part(claims: JsonObject, claim: str) -> str:
    value = claims.get(claim)
    return one_line(value, LONGEST_NAME) if isinstance(value, str) else ""


def read_groups(claims: JsonObject, groups_claim: str) -> tuple[str, ...]:
    """A list of names, or one name. When they are too many, Entra sends an address in their place."""
    listed = claims.get(groups_claim)
    names = listed if isinstance(listed, list) else [listed]
    plain = [one_line(one, 255) for one in names[:MOST_GROUPS] if isinstance(one, str)]
    return tuple(dict.fromkeys(one for one in plain if one))


def spread_claims(claims: JsonObject) -> Values:
    """All claims as texts, as the test run shows them."""
    return {
        name: tuple(text_of_claims(one if isinstance(one, list) else [one])) for name, one in claims.items()
    }


def text_of_claims(values: Iterable[object]) -> Iterable[str]:
    for one in values:
        yield one if isinstance(one, str) else json.dumps(one, ensure_ascii=False)
