"""The authorization code flow (OpenID Connect Core 1.0, 3.1; RFC 6749, 4.1) with PKCE (RFC 7636)."""

import hashlib
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote_plus, urlencode

from matricula.mail.composition import one_line
from matricula.security.outgoing import FetchFailed
from matricula.sso.answers import Checks
from matricula.sso.discovery import BASIC, Discovery
from matricula.sso.errors import (
    CallbackMalformed,
    ClientRefused,
    CodeRefused,
    InteractionNeeded,
    ProviderError,
    ProviderRefused,
    ProviderStatus,
    ProviderUnreachable,
    SignInCancelled,
    TokenAnswerMalformed,
)
from matricula.sso.id_tokens import read_email, read_full_name, same_text
from matricula.sso.json_documents import ACCEPTED, Fetch, JsonObject, fetch_json, read_json_object

SCOPES = ("openid", "email", "profile")
LONGEST_QUERY, MOST_PARAMETERS = 8000, 30
LONGEST_CODE = 4000
LARGEST_TOKEN_ANSWER = 128 * 1024
"""Bytes: an ID token, an access token and a refresh token, each of which may list groups."""
HINTS = ("email", "name", "given_name", "family_name")
"""What userinfo may add. Who it is, the ID token alone tells."""
INTERACTION = {"interaction_required", "login_required", "account_selection_required", "consent_required"}


@dataclass(frozen=True)
class Client:
    """Who we are for a provider."""

    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str


@dataclass(frozen=True)
class Secrets:
    """A flow's own: 256 bits each, as unreserved characters (RFC 7636, 4.1: 43 to 128 of them)."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True)
class Callback:
    """What the browser brought back in the address. Nothing of it is believed yet."""

    state: str = field(default="", repr=False)
    code: str = field(default="", repr=False)
    issuer: str = ""
    error: str = ""
    description: str = ""


@dataclass(frozen=True)
class TokenAnswer:
    """Of the token endpoint (Core 1.0, 3.1.3.3)."""

    id_token: str = field(repr=False)
    access_token: str = field(default="", repr=False)


def authorization_address(
    discovery: Discovery,
    client: Client,
    secrets: Secrets,
    *,
    scopes: Sequence[str] = (),
    login_hint: str = "",
    prompt: str = "",
) -> str:
    """Where to send the browser (Core 1.0, 3.1.2.1; RFC 7636, 4.3). `scopes` are beyond our own three."""
    asked = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": client.redirect_uri,
        "scope": " ".join(dict.fromkeys([*SCOPES, *scopes])),
        "state": secrets.state,
        "nonce": secrets.nonce,
        "code_challenge": code_challenge(secrets.verifier),
        "code_challenge_method": "S256",
        "login_hint": login_hint,
        "prompt": prompt,
    }
    query = urlencode({name: value for name, value in asked.items() if value})
    endpoint = discovery.authorization_endpoint
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{query}"


def code_challenge(verifier: str) -> str:
    """S256 (RFC 7636, 4.2)."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def read_callback(query: str) -> Callback:
    """The answer in the address (Core 1.0, 3.1.2.5 and 6), from the query as it came.

    By `state` the flow is found, then `judge_callback` looks at the rest. Raises CallbackMalformed.
    """
    if len(query) > LONGEST_QUERY:
        raise CallbackMalformed
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_PARAMETERS, errors="strict")
    except ValueError as error:
        raise CallbackMalformed from error
    found = dict(pairs)
    # No parameter may occur twice (RFC 6749, 3.1): two readers could each take another one.
    if len(found) != len(pairs) or not (found.get("code") or found.get("error")):
        raise CallbackMalformed
    return Callback(
        state=found.get("state", ""),
        code=found.get("code", ""),
        issuer=found.get("iss", ""),
        error=one_line(found.get("error", ""), 100),
        description=one_line(found.get("error_description", ""), 300),
    )


def judge_callback(callback: Callback, *, discovery: Discovery, state: str, checks: Checks) -> str:
    """The code. Raises AnswerRefused, SignInCancelled, InteractionNeeded, ProviderRefused.

    Whose answer it is (RFC 9207, 2.4) is asked before an error is believed to be the provider's.
    """
    checks.require("state", same_text(callback.state, state), seen=callback.state)
    named = callback.issuer or not discovery.answers_name_issuer
    ours = not callback.issuer or callback.issuer == discovery.issuer
    checks.require("answer_issuer", bool(named and ours), expected=discovery.issuer, seen=callback.issuer)
    refuse_error(callback)
    code = callback.code
    checks.require("code", 0 < len(code) <= LONGEST_CODE and code.isprintable())
    return code


def refuse_error(callback: Callback) -> None:
    """Raises what fits an error answer (RFC 6749, 4.1.2.1; Core 1.0, 3.1.2.6)."""
    if callback.error == "access_denied":
        raise SignInCancelled
    if callback.error in INTERACTION:
        raise InteractionNeeded
    if callback.error:
        raise ProviderRefused(callback.error, callback.description)


def exchange_code(
    fetch: Fetch, discovery: Discovery, client: Client, *, code: str, verifier: str
) -> TokenAnswer:
    """Give the code for an ID token (Core 1.0, 3.1.3; RFC 7636, 4.5).

    Raises ClientRefused, CodeRefused, ProviderRefused, ProviderError.
    """
    body, headers = token_request(discovery, client, code=code, verifier=verifier)
    endpoint, largest = discovery.token_endpoint, LARGEST_TOKEN_ANSWER
    try:
        fetched = fetch(endpoint, method="POST", body=body, headers=headers, largest=largest)
    except FetchFailed as failed:
        raise ProviderUnreachable from failed
    return read_token_answer(fetched.status, fetched.content)


def token_request(
    discovery: Discovery, client: Client, *, code: str, verifier: str
) -> tuple[bytes, dict[str, str]]:
    """Body and headers (RFC 6749, 4.1.3), with our secret where the provider wants it (2.3.1)."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": client.redirect_uri,
        "code_verifier": verifier,
    }
    headers = {**ACCEPTED, "Content-Type": "application/x-www-form-urlencoded"}
    if discovery.authentication == BASIC:
        headers["Authorization"] = basic_credentials(client)
    else:
        form |= {"client_id": client.client_id, "client_secret": client.client_secret}
    return urlencode(form).encode(), headers


def basic_credentials(client: Client) -> str:
    """Both are written as in a form first (RFC 6749, 2.3.1), so that a colon in them parts nothing."""
    pair = f"{quote_plus(client.client_id)}:{quote_plus(client.client_secret)}"
    return f"Basic {b64encode(pair.encode()).decode()}"


def read_token_answer(status: int, body: bytes) -> TokenAnswer:
    """Raises ClientRefused, CodeRefused, ProviderRefused, ProviderError."""
    if status != 200:
        raise refusal_of_token(status, body)
    answer = read_json_object(body, largest=LARGEST_TOKEN_ANSWER)
    id_token, access_token = answer.get("id_token"), answer.get("access_token", "")
    if not isinstance(id_token, str) or not id_token:
        raise TokenAnswerMalformed
    bearer = str(answer.get("token_type", "")).lower() == "bearer"
    visible = isinstance(access_token, str) and access_token.isascii() and access_token.isprintable()
    return TokenAnswer(id_token, str(access_token) if bearer and visible else "")


def refusal_of_token(status: int, body: bytes) -> ProviderRefused | ProviderError:
    """What the endpoint's error (RFC 6749, 5.2) means for the person, or for who set the connection up."""
    try:
        answer = read_json_object(body, largest=LARGEST_TOKEN_ANSWER)
    except ProviderError:
        return ProviderStatus(status)
    error, description = answer.get("error"), answer.get("error_description")
    if not isinstance(error, str) or not error:
        return ProviderStatus(status)
    kind = {
        "invalid_client": ClientRefused,
        "unauthorized_client": ClientRefused,
        "invalid_grant": CodeRefused,
    }
    described = one_line(description, 300) if isinstance(description, str) else ""
    return kind.get(error, ProviderRefused)(one_line(error, 100), described)


def needs_userinfo(claims: JsonObject, chosen: Sequence[str] = ()) -> bool:
    """Whether something is missing that userinfo may know: a claim that was chosen, an e-mail, a name."""
    return not (read_email(claims) and read_full_name(claims) and all(claims.get(one) for one in chosen))


def add_userinfo(
    fetch: Fetch,
    discovery: Discovery,
    claims: JsonObject,
    *,
    access_token: str,
    checks: Checks,
    chosen: Sequence[str] = (),
) -> JsonObject:
    """The claims, with e-mail and name from userinfo (Core 1.0, 5.3) where the ID token has none.

    They are hints only: a provider that does not answer leaves them out. Raises AnswerRefused when it answers
    with somebody else (5.3.2).
    """
    if not (discovery.userinfo_endpoint and access_token):
        return claims
    bearer = {"Authorization": f"Bearer {access_token}"}
    try:
        found, _body = fetch_json(fetch, discovery.userinfo_endpoint, headers=bearer)
    except (ProviderError, FetchFailed):
        return claims
    subject = found.get("sub")
    checks.require("userinfo_subject", subject == claims["sub"], expected=claims["sub"], seen=subject)
    hints = [*HINTS, *chosen]
    return {**claims, **{name: found[name] for name in hints if name in found and not claims.get(name)}}
