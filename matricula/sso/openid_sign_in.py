"""Signing in by OpenID Connect: out to the provider, and what it answers (Core 1.0, 3.1)."""

import time
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from matricula.identities.flows import BegunFlow, nonce_of, verifier_of
from matricula.identities.models import Connection
from matricula.organizations.models import Domain
from matricula.security.outgoing import FetchFailed, fetch
from matricula.sso.answers import Answer, Checks
from matricula.sso.code_flow import (
    Callback,
    Secrets,
    TokenAnswer,
    add_userinfo,
    authorization_address,
    exchange_code,
    judge_callback,
    needs_userinfo,
)
from matricula.sso.connections import OBJECT_ID, client_of, discovery_of
from matricula.sso.discovery import tenant_of
from matricula.sso.errors import ProviderError
from matricula.sso.id_tokens import Expected, IdToken, KeyUnknown, answer_of_claims, judge_id_token
from matricula.sso.json_documents import JsonObject
from matricula.sso.key_sets import fetch_key_set, read_key_set
from matricula.sso.readable_answers import readable_token

ISSUERS_OF_EVERYBODY = frozenset(
    {
        "https://accounts.google.com",
        "https://appleid.apple.com",
        "https://gitlab.com",
        "https://slack.com",
        "https://www.facebook.com",
        "https://www.linkedin.com/oauth",
    }
)
"""Anybody has an account there, or makes one, and is signed in by the same issuer as a company's people."""
ASKED_AGAIN_AFTER = timedelta(minutes=1)


def provider_address(connection: Connection, left: BegunFlow, *, login_hint: str = "") -> str:
    """Where the browser goes."""
    secrets = Secrets(left.state, nonce_of(left.state), verifier_of(left.state))
    return authorization_address(
        discovery_of(connection),
        client_of(connection),
        secrets,
        scopes=connection.scopes.split(),
        login_hint=login_hint,
    )


def judge_openid_answer(connection: Connection, callback: Callback, checks: Checks) -> Answer:
    """Whom the provider means. The flow was found by the callback's state, in this browser.

    Call it outside a transaction: the provider is asked. Raises AnswerRefused, FlowError, ProviderError,
    SealUnreadable.
    """
    discovery, client = discovery_of(connection), client_of(connection)
    code = judge_callback(callback, discovery=discovery, state=callback.state, checks=checks)
    told = exchange_code(fetch, discovery, client, code=code, verifier=verifier_of(callback.state))
    checks.raw = readable_token(told.id_token)
    token = judge_with_new_keys(connection, told, nonce_of(callback.state), checks)
    checks.signed_by = token.key
    require_own_people(connection, token.claims, checks)
    claims, chosen = token.claims, [one for one in (connection.email_from, connection.name_from) if one]
    if needs_userinfo(claims, chosen):
        claims = add_userinfo(
            fetch, discovery, claims, access_token=told.access_token, checks=checks, chosen=chosen
        )
    return answer_of_claims(
        claims, token.subject, email_claim=connection.email_from, name_claim=connection.name_from
    )


def require_own_people(connection: Connection, claims: JsonObject, checks: Checks) -> None:
    """An issuer that everybody signs in with says in `hd` whose people they are, and nothing for people of
    nobody: it has to be a domain that the organization has proven. Raises AnswerRefused."""
    if connection.issuer not in ISSUERS_OF_EVERYBODY:
        return
    proven = Domain.objects.proven().filter(organization=connection.organization_id)
    names = list(proven.order_by("name").values_list("name", flat=True))
    seen = str(claims.get("hd", "")).lower()
    checks.require("hosted_domain", seen in names, expected=", ".join(names), seen=seen)


def judge_with_new_keys(connection: Connection, told: TokenAnswer, nonce: str, checks: Checks) -> IdToken:
    """Once more where a key is unknown and the provider has new ones. Raises AnswerRefused."""
    try:
        return judge_token(connection, told, nonce, checks)
    except KeyUnknown:
        if not renew_keys(connection):
            raise
        checks.clear()
        return judge_token(connection, told, nonce, checks)


def judge_token(connection: Connection, told: TokenAnswer, nonce: str, checks: Checks) -> IdToken:
    expected = Expected(
        issuer=connection.issuer,
        client_id=connection.client_id,
        nonce=nonce,
        algorithms=discovery_of(connection).algorithms,
        subject_claim="oid" if connection.subject_from == OBJECT_ID else "sub",
        tenant=tenant_of(connection.issuer),
    )
    keys = read_key_set(connection.keys)
    return judge_id_token(told.id_token, keys=keys, expected=expected, now=time.time(), checks=checks)


def renew_keys(connection: Connection) -> bool:
    """Fetch the provider's keys, once a minute at most, however many come. Where that fails the old stay."""
    now = timezone.now()
    due = Connection.objects.filter(
        Q(keys_at__isnull=True) | Q(keys_at__lt=now - ASKED_AGAIN_AFTER), pk=connection.pk
    )
    if not due.update(keys_at=now):
        return False
    try:
        keys = fetch_key_set(fetch, discovery_of(connection).jwks_uri)
    except (ProviderError, FetchFailed):
        return False
    Connection.objects.filter(pk=connection.pk).update(keys=keys)
    connection.keys = keys
    return True
