"""Which claim or attribute says what: Olga chooses, and what the last test saw is offered."""

import time

import pytest
from django.utils import timezone

from matricula.identities.models import Connection
from matricula.sso.answers import AnswerRefused, Checks
from matricula.sso.code_flow import TokenAnswer
from matricula.sso.connections import OpenIdSettings, save_openid_settings
from matricula.sso.discovery import clean_issuer, read_discovery, tenant_of
from matricula.sso.errors import IssuerTemplated, ObjectIdNeedsTenant
from matricula.sso.id_tokens import answer_of_claims
from matricula.sso.openid_sign_in import judge_token
from matricula.sso.tests import providers
from matricula.sso.tests.company import CONSOLE

pytestmark = pytest.mark.django_db
TENANT = "0f6d0a1e-1111-4222-8333-94a1b2c3d4e5"
ENTRA = f"https://login.microsoftonline.com/{TENANT}/v2.0"


@pytest.fixture
def entra(olga, organization):
    return organization.connections.create(
        kind="oidc",
        product="entra",
        name="Nordlicht Entra",
        issuer=ENTRA,
        client_id="c1",
        provider=providers.DISCOVERY.as_json(),
        state="live",
        tested_at=timezone.now(),
    )


def choose(olga, connection, **given):
    sent = {"subject_from": "", "email_from": "", "name_from": ""} | given
    return olga.post(f"{CONSOLE}{connection.public_id}/attributes/", sent)


def test_another_subject_has_to_pass_a_test_again_and_hints_have_not(olga, entra):
    assert choose(olga, entra, email_from="preferred_username").status_code == 302
    entra.refresh_from_db()
    assert (entra.state, entra.email_from) == ("live", "preferred_username")
    choose(olga, entra, subject_from="oid")
    entra.refresh_from_db()
    assert (entra.state, entra.tested_at, entra.subject_from) == ("draft", None, "oid")


def test_the_object_id_asks_for_the_tenants_own_address(olga, entra):
    Connection.objects.update(issuer="https://acme.okta.com")
    page = choose(olga, entra, subject_from="oid").content.decode()
    assert "your tenant&#x27;s own address" in page
    assert Connection.objects.get().subject_from == ""


@pytest.mark.parametrize("given", ["email", "upn", "preferred_username", "x" * 300, "\0"])
def test_nothing_that_changes_hands_says_who_it_is_in_openid_connect(olga, entra, given):
    assert choose(olga, entra, subject_from=given).status_code == 200
    assert Connection.objects.get().subject_from == ""


def test_whoever_is_linked_keeps_their_name_there(olga, entra, bruno):
    entra.identities.create(subject="s", account=bruno)
    assert "Make a new connection" in choose(olga, entra, subject_from="oid").content.decode()


def test_another_issuer_without_a_tenant_is_refused_while_the_object_id_counts(entra, bruno, monkeypatch):
    Connection.objects.update(subject_from="oid")
    entra.refresh_from_db()
    monkeypatch.setattr("matricula.sso.connections.ask_provider", lambda _issuer: (providers.DISCOVERY, ""))
    entered = OpenIdSettings("N", providers.ISSUER, "c1", "s1")
    with pytest.raises(ObjectIdNeedsTenant):
        save_openid_settings(connection=entra, entered=entered, actor=bruno)


@pytest.mark.parametrize(
    ("more", "subject"),
    [
        ({"tid": TENANT, "oid": "o-1"}, "o-1"),
        ({"tid": TENANT.replace("0f", "1f"), "oid": "o-1"}, "tenant"),
        ({"oid": "o-1"}, "tenant"),
        ({"tid": TENANT}, "object_id"),
    ],
)
def test_the_object_id_counts_within_the_tenant_of_the_issuer_alone(entra, more, subject):
    now = int(time.time())
    entra.subject_from, entra.keys = "oid", providers.public_set(providers.make_key())
    claims = providers.CLAIMS | {"iss": ENTRA, "aud": "c1", "exp": now + 300, "iat": now} | more
    told = TokenAnswer(providers.make_token(claims))
    try:
        found = judge_token(entra, told, providers.NONCE, Checks()).subject
    except AnswerRefused as refused:
        found = refused.code
    assert found == subject


@pytest.mark.parametrize(
    "issuer",
    [
        "https://login.microsoftonline.com/common/v2.0",
        "https://login.microsoftonline.com/organizations/v2.0",
        "https://login.microsoftonline.com/consumers/v2.0",
        "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0",
        "https://login.microsoftonline.us/common/v2.0",
        "https://login.microsoftonline.com/{tenantid}/v2.0",
    ],
)
def test_an_address_of_every_tenant_is_refused_with_advice(issuer):
    with pytest.raises(IssuerTemplated, match="your tenant's own address"):
        clean_issuer(issuer)
    with pytest.raises(IssuerTemplated):
        read_discovery({**providers.DOCUMENT, "issuer": issuer}, issuer="https://id.acme.example")


@pytest.mark.parametrize(
    ("issuer", "tenant"),
    [
        (ENTRA, TENANT),
        (f"https://sts.windows.net/{TENANT}/", TENANT),
        ("https://acme.okta.com/oauth2/default", ""),
        (f"https://idp.example/?t={TENANT}", ""),
        (f"https://idp.example/x{TENANT}", ""),
        ("https://accounts.google.com", ""),
    ],
)
def test_the_tenant_is_what_the_issuer_names(issuer, tenant):
    assert tenant_of(issuer) == tenant


def test_hints_come_from_the_claims_that_were_chosen_and_else_from_the_usual():
    claims = {
        "sub": "s",
        "preferred_username": "ada@nordlicht.example",
        "nick": "Ada O.",
        "name": "Ada Okafor",
        "email": "other@nordlicht.example",
    }
    chosen = answer_of_claims(claims, "s", email_claim="preferred_username", name_claim="nick")
    assert (chosen.email, chosen.full_name) == ("ada@nordlicht.example", "Ada O.")
    absent = answer_of_claims(claims, "s", email_claim="mail", name_claim="cn")
    assert (absent.email, absent.full_name) == ("other@nordlicht.example", "Ada Okafor")
    odd = answer_of_claims(claims | {"nick": ["x"], "mail": 7}, "s", email_claim="mail", name_claim="nick")
    assert (odd.email, odd.full_name) == ("other@nordlicht.example", "Ada Okafor")


def test_the_page_offers_what_the_last_test_that_passed_saw(olga, entra):
    page = olga.get(f"{CONSOLE}{entra.public_id}/attributes/").content.decode()
    assert "<datalist" not in page
    entra.judged_answers.create(purpose="test", passed=True, values={"upn": ["ada@x.example"], "sub": ["1"]})
    entra.judged_answers.create(purpose="test", passed=False, values={"later": ["refused"]})
    page = olga.get(f"{CONSOLE}{entra.public_id}/attributes/").content.decode()
    assert '<option value="upn">' in page
    assert "later" not in page


@pytest.mark.parametrize(
    ("scopes", "kept"),
    [(" offline_access  groups ", "offline_access groups"), ('a"b', None), ("ä", None), ("a\tb", "a b")],
)
def test_more_scopes_are_asked_for_and_written_as_the_standard_says(olga, entra, monkeypatch, scopes, kept):
    monkeypatch.setattr("matricula.sso.connections.ask_provider", lambda _issuer: (providers.DISCOVERY, ""))
    sent = {"name": "N", "issuer": ENTRA, "client_id": "c1", "client_secret": "s", "scopes": scopes}
    answer = olga.post(f"{CONSOLE}{entra.public_id}/", sent)
    assert answer.status_code == (302 if kept else 200)
    entra.refresh_from_db()
    assert entra.scopes == (kept or "")
    if kept:
        page = olga.post(f"{CONSOLE}{entra.public_id}/test/").content.decode()
        assert f"scope=openid+email+profile+{kept.replace(' ', '+')}" in page
