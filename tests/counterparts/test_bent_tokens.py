"""A provider that others wrote gone wrong: each token that it bends is refused, and is nobody's session."""

import time

import pytest
from django.test import Client

from matricula.audit.models import Entry
from matricula.identities.models import CompanySession, Connection
from matricula.sso.models import JudgedAnswer
from matricula.sso.tests.company import CONSOLE
from tests.counterparts.company import linked, live, sign_in
from tests.counterparts.providers import call

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
NOW = int(time.time())
HOUR = 3600
BENT = {
    "no nonce": ({"drop": ["nonce"]}, "nonce"),
    "another nonce": ({"set": {"nonce": "x" * 64}}, "nonce"),
    "another audience": ({"set": {"aud": "other"}}, "audience"),
    "no audience": ({"drop": ["aud"]}, "audience"),
    "two audiences and nobody who asked": ({"set": {"aud": ["matricula", "other"]}}, "authorized_party"),
    "asked for by another": ({"set": {"azp": "other"}}, "authorized_party"),
    "another issuer": ({"set": {"iss": "https://evil.example"}}, "issuer"),
    "no issuer": ({"drop": ["iss"]}, "issuer"),
    "expired": ({"set": {"exp": NOW - HOUR}}, "expires"),
    "no end": ({"drop": ["exp"]}, "expires"),
    "an end in words": ({"set": {"exp": str(NOW + HOUR)}}, "expires"),
    "not yet valid": ({"set": {"nbf": NOW + HOUR}}, "not_before"),
    "made an hour ago": ({"set": {"iat": NOW - HOUR}}, "issued_at"),
    "made in the future": ({"set": {"iat": NOW + HOUR}}, "issued_at"),
    "made at no time": ({"drop": ["iat"]}, "issued_at"),
    "no subject": ({"drop": ["sub"]}, "subject"),
    "an empty subject": ({"set": {"sub": ""}}, "subject"),
    "a number as subject": ({"set": {"sub": 7}}, "subject"),
    "a subject of 256": ({"set": {"sub": "a" * 256}}, "subject"),
    "a subject beyond ASCII": ({"set": {"sub": "adä"}}, "subject"),
    "not signed": ({"algorithm": "none"}, "algorithm"),
    "signed by a secret": ({"algorithm": "HS256"}, "algorithm"),
    "signed otherwise than it says": ({"algorithm": "RS512"}, "algorithm"),
    "another signature": ({"signature": True}, "signature"),
    "a critical extension": ({"header": {"crit": ["b64"], "b64": True}}, "critical"),
    "20 KiB": ({"set": {"groups": ["g" * 20_000]}}, "size"),
    "userinfo of somebody else": ({"drop": ["email"], "userinfo": {"sub": "chika"}}, "userinfo_subject"),
    "no ID token": ({"token": {"status": 200, "body": {"token_type": "Bearer"}}}, "token_answer_malformed"),
    "an ID token that is no text": (
        {"token": {"status": 200, "body": {"id_token": ["x"]}}},
        "token_answer_malformed",
    ),
    "a code it does not know": (
        {"token": {"status": 400, "body": {"error": "invalid_grant"}}},
        "code_refused",
    ),
    "a client it does not know": (
        {"token": {"status": 401, "body": {"error": "invalid_client", "error_description": "<b>no</b>"}}},
        "client_refused",
    ),
    "a fault of its own": ({"token": {"status": 500, "body": {"oops": 1}}}, "provider_status"),
    "a way elsewhere": ({"token": {"status": 302, "body": {}}}, "provider_unreachable"),
}


def test_every_token_that_is_bent_is_refused_with_a_page_and_a_line_and_opens_nothing(
    bending_provider, olga, ada
):
    connection = live(olga, bending_provider)
    linked(connection, ada)
    told = {}
    for name, (bent, _code) in BENT.items():
        bending_provider.bend(**bent)
        page = sign_in(Client(), connection)
        judged = JudgedAnswer.objects.latest("pk")
        assert page.status_code == 403, name
        assert judged.reference in page.content.decode(), name
        shown = olga.get(f"{CONSOLE}{connection.public_id}/answers/{judged.public_id}/")
        assert "<b>no</b>" not in page.content.decode() + shown.content.decode()
        told[name] = judged.reason
    assert told == {name: code for name, (_bent, code) in BENT.items()}
    reasons = {code for _bent, code in BENT.values()}
    lines = Entry.objects.filter(verb="connection.answer_refused").count()
    assert lines == len(reasons), "one a minute for each reason"
    assert not CompanySession.objects.exists()
    bending_provider.bend()
    assert sign_in(Client(), connection).headers["Location"] == "/learn/"


def asked(provider):
    """What was fetched from the provider since the last bend, by path."""
    return call("GET", f"{provider.issuer}/_asked").json()


def test_a_sign_in_asks_the_token_endpoint_and_nothing_else(bending_provider, olga, ada):
    connection = live(olga, bending_provider)
    linked(connection, ada)
    bending_provider.bend()
    assert sign_in(Client(), connection).status_code == 302
    assert asked(bending_provider) == {"/authorize": 1, "/token": 1}


def test_new_keys_are_fetched_when_they_are_first_used_and_once_a_minute_at_most(bending_provider, olga, ada):
    connection = live(olga, bending_provider)
    linked(connection, ada)
    Connection.objects.update(keys_at=None)
    bending_provider.bend(rotate=True)
    assert sign_in(Client(), connection).status_code == 302
    assert sign_in(Client(), connection).status_code == 302
    assert asked(bending_provider)["/jwks"] == 1
    bending_provider.bend(rotate=True)
    assert sign_in(Client(), connection).status_code == 403
    assert JudgedAnswer.objects.latest("pk").reason == "key"
    assert "/jwks" not in asked(bending_provider), "a provider is not asked at every token"


def test_new_keys_that_cannot_be_fetched_leave_the_old_ones(bending_provider, olga, ada):
    connection = live(olga, bending_provider)
    linked(connection, ada)
    Connection.objects.update(keys_at=None)
    bending_provider.bend(header={"kid": "unknown"}, keys={"status": 500})
    assert sign_in(Client(), connection).status_code == 403
    bending_provider.bend()
    assert sign_in(Client(), connection).status_code == 302
