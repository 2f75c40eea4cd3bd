"""Ada signs in at a provider that others wrote, run on this machine for as long as the test."""

from time import time
from urllib.parse import urlsplit

import pytest

from matricula.security.outgoing import AddressForbidden, fetch
from matricula.sso import errors
from matricula.sso.answers import AnswerRefused, Checks
from matricula.sso.code_flow import (
    Callback,
    add_userinfo,
    authorization_address,
    exchange_code,
    judge_callback,
    read_callback,
)
from matricula.sso.discovery import fetch_discovery
from matricula.sso.id_tokens import Expected, answer_of_claims, judge_id_token
from matricula.sso.key_sets import fetch_key_set, read_key_set
from matricula.sso.tests.openid import log_in_there
from matricula.sso.tests.providers import CLAIMS, CLIENT, CLIENT_ID, SECRETS, make_token
from tests.counterparts.running import openid_mock


@pytest.fixture
def provider(monkeypatch, settings):
    """oidc-provider-mock, for as long as the test, in a network that the operator named."""
    people = {"ada-1": {"email": "ada@acme.example", "name": "Ada Lovelace"}}
    with openid_mock(monkeypatch, settings, people) as issuer:
        yield issuer


def log_in(address, *, who="ada-1"):
    """The query that Ada comes back with."""
    location = log_in_there(address, who)
    assert location.startswith(CLIENT.redirect_uri)
    return urlsplit(location).query


@pytest.mark.filterwarnings("ignore")
def test_ada_signs_in_at_a_provider_that_others_wrote(provider):
    discovery = fetch_discovery(fetch, provider, allow_http=True)
    address = authorization_address(discovery, CLIENT, SECRETS)
    assert b"<form" in fetch(address).content
    checks = Checks()
    code = judge_callback(
        read_callback(log_in(address)), discovery=discovery, state=SECRETS.state, checks=checks
    )
    got = exchange_code(fetch, discovery, CLIENT, code=code, verifier=SECRETS.verifier)
    keys = read_key_set(fetch_key_set(fetch, discovery.jwks_uri))
    expected = Expected(discovery.issuer, CLIENT_ID, SECRETS.nonce, discovery.algorithms)
    believed = judge_id_token(got.id_token, keys=keys, expected=expected, now=time(), checks=checks)
    claims = add_userinfo(fetch, discovery, believed.claims, access_token=got.access_token, checks=checks)
    answer = answer_of_claims(claims, believed.subject)
    assert (answer.subject, answer.email, answer.full_name) == ("ada-1", "ada@acme.example", "Ada Lovelace")
    assert all(one.passed for one in checks)
    with pytest.raises(errors.CodeRefused):
        exchange_code(fetch, discovery, CLIENT, code=code, verifier=SECRETS.verifier)
    with pytest.raises(AnswerRefused):
        judge_id_token(make_token(CLAIMS), keys=keys, expected=expected, now=time(), checks=Checks())


@pytest.mark.filterwarnings("ignore")
def test_a_provider_that_leaves_the_state_out_when_ada_cancels_is_nobodys(provider):
    discovery = fetch_discovery(fetch, provider, allow_http=True)
    callback = read_callback(log_in(authorization_address(discovery, CLIENT, SECRETS), who=""))
    assert callback == Callback(error="access_denied", description=callback.description)
    with pytest.raises(AnswerRefused) as refused:
        judge_callback(callback, discovery=discovery, state=SECRETS.state, checks=Checks())
    assert refused.value.code == "state"


@pytest.mark.filterwarnings("ignore")
def test_a_provider_in_no_network_that_the_operator_named_is_not_asked(provider, settings):
    settings.PRIVATE_NETWORKS = []
    with pytest.raises(AddressForbidden):
        fetch_discovery(fetch, provider, allow_http=True)
