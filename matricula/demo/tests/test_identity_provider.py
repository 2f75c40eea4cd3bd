"""The demonstration's identity provider: what it gives, to whom, and where it is not there at all."""

from base64 import b64encode
from datetime import timedelta
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from matricula.demo import commands
from matricula.demo.company_sign_in import (
    EMRE,
    asking,
    demonstrated_address,
    renew_company_sign_in,
    set_up_connection,
)
from matricula.demo.data import fill, introduce
from matricula.demo.identity_provider import CLIENT_ID, Provider, discovery_document, file_of, issuer
from matricula.identities.models import Connection, Identity
from matricula.organizations.models import Domain
from matricula.security.outgoing import AddressForbidden, fetch
from matricula.sso.code_flow import code_challenge
from matricula.sso.discovery import fetch_discovery
from matricula.sso.errors import IssuerRefused
from tests.at_once import all_at_once

pytestmark = pytest.mark.django_db
PATHS = [
    "/_idp/",
    "/_idp/.well-known/openid-configuration",
    "/_idp/authorize/",
    "/_idp/keys/",
    "/_idp/token/",
]
VERIFIER = "v" * 43


@pytest.fixture
def connection(organization, bruno):
    """The demonstration's, without its people."""
    return set_up_connection(organization, bruno)


@pytest.fixture
def provider(connection):
    return Provider.of(connection)


def sent(connection, **changes):
    """Where the product sends a browser; None takes a parameter away."""
    asked = {
        "client_id": CLIENT_ID,
        "redirect_uri": f"http://127.0.0.1:8000/sso/nordlicht/{connection.public_id}/callback/",
        "response_type": "code",
        "scope": "openid email profile",
        "state": "_state",
        "nonce": "once",
        "code_challenge": code_challenge(VERIFIER),
        "code_challenge_method": "S256",
        **changes,
    }
    return "/_idp/authorize/?" + urlencode(
        {name: value for name, value in asked.items() if value is not None}
    )


def answered(page):
    """What the browser is sent back with."""
    return {name: one[0] for name, one in parse_qs(urlsplit(page.headers["Location"]).query).items()}


def code_for(connection, who=EMRE):
    return answered(Client().post(sent(connection), {"subject": who.subject, "answer": "sign-in"}))["code"]


def redeem(provider, code, *, client_id=CLIENT_ID, secret=None, **changes):
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": dict(parse_qsl(urlsplit(sent(provider.connection)).query))["redirect_uri"],
        "code_verifier": VERIFIER,
        **changes,
    }
    pair = b64encode(f"{client_id}:{provider.client_secret if secret is None else secret}".encode()).decode()
    return Client().post("/_idp/token/", form, headers={"Authorization": f"Basic {pair}"})


def test_the_demonstration_has_a_live_connection_that_passed_every_check_of_a_test_run(connection):
    assert (connection.state, connection.issuer) == ("live", issuer())
    judged = connection.judged_answers.get()
    assert judged.passed
    assert judged.purpose == "test"
    assert {"signature", "nonce", "answer_issuer", "audience"} <= {one["code"] for one in judged.checks}
    assert all(one["passed"] for one in judged.checks)


def test_one_member_is_linked_and_one_was_until_she_left():
    fill()
    assert Domain.objects.proven().get().name == "nordlicht.example"
    assert demonstrated_address() in introduce()
    states = {one.account.full_name: one.ended_by for one in Identity.objects.select_related("account")}
    assert states == {"Emre Yıldız": "", "Pia Lorenz": "company"}


def test_the_shell_says_where_to_sign_in(connection):
    assert demonstrated_address() == "http://127.0.0.1:8000/sso/nordlicht/"


def test_the_page_says_that_it_is_a_demonstration_and_lists_people_in_every_state(connection):
    page = Client().get(sent(connection))
    words = page.content.decode()
    assert page.headers["Cache-Control"] == "no-store"
    assert "Only a demonstration" in words
    assert [
        one for one in ("Emre Yıldız", "Grace Lindqvist", "Wanda", "Pia Lorenz") if one not in words
    ] == []


def test_whom_the_product_asks_for_is_chosen_already(connection):
    page = Client().get(sent(connection, login_hint="Grace@nordlicht.example")).content.decode()
    assert 'value="nl-1107" checked' in page
    assert 'value="nl-1041" checked' not in page


def test_a_code_brings_state_and_issuer_along_and_is_good_for_what_was_asked(connection, provider):
    answer = answered(Client().post(sent(connection), {"subject": EMRE.subject, "answer": "sign-in"}))
    assert (answer["state"], answer["iss"]) == ("_state", issuer())
    page = redeem(provider, answer["code"])
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    assert page.json()["token_type"] == "Bearer"


def test_whoever_cancels_comes_back_with_access_denied(connection):
    answer = answered(Client().post(sent(connection), {"subject": EMRE.subject, "answer": "cancel"}))
    assert answer == {"error": "access_denied", "state": "_state", "iss": issuer()}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "email"}, "invalid_scope"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"nonce": None}, "invalid_request"),
    ],
)
def test_what_is_not_the_code_flow_with_its_proof_is_refused(connection, changes, error):
    for page in (Client().get(sent(connection, **changes)), Client().post(sent(connection, **changes))):
        assert answered(page)["error"] == error


@pytest.mark.parametrize(
    "changes",
    [{"client_id": "another"}, {"redirect_uri": "https://evil.example/"}, {"redirect_uri": None}],
)
def test_nobody_is_sent_to_another_site(connection, changes):
    page = Client().post(sent(connection, **changes), {"subject": EMRE.subject})
    assert page.status_code == 400


def test_a_person_who_is_not_in_the_directory_is_asked_again(connection):
    page = Client().post(sent(connection), {"subject": "nl-0000", "answer": "sign-in"})
    assert page.status_code == 200


def test_a_code_is_used_once(connection, provider):
    code = code_for(connection)
    assert redeem(provider, code).status_code == 200
    again = redeem(provider, code)
    assert (again.status_code, again.json()) == (400, {"error": "invalid_grant"})


def test_a_code_is_good_for_a_minute(connection, provider, monkeypatch):
    code, later = code_for(connection), timezone.now() + timedelta(seconds=62)
    monkeypatch.setattr("cryptography.fernet.time.time", later.timestamp)
    assert redeem(provider, code).json() == {"error": "invalid_grant"}


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"secret": "guessed"}, 401, "invalid_client"),
        ({"secret": ""}, 401, "invalid_client"),
        ({"client_id": "another"}, 401, "invalid_client"),
        ({"code_verifier": "w" * 43}, 400, "invalid_grant"),
        ({"code_verifier": ""}, 400, "invalid_grant"),
        ({"redirect_uri": "https://evil.example/"}, 400, "invalid_grant"),
        ({"code": "made-up"}, 400, "invalid_grant"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_a_code_is_nothing_to_whoever_else_has_it(connection, provider, changes, status, error):
    code = code_for(connection)
    page = redeem(provider, **{"code": code, **changes})
    assert (page.status_code, page.json()) == (status, {"error": error})
    assert redeem(provider, code).status_code == 200, "nobody else uses it up"


@pytest.mark.parametrize("header", ["", "Basic", "Basic %%%", "Basic /w==", "Bearer x"])
def test_a_header_that_proves_nothing_is_no_fault(connection, header):
    page = Client().post("/_idp/token/", {"code": "x"}, headers={"Authorization": header})
    assert (page.status_code, page.headers["WWW-Authenticate"]) == (401, "Basic")


def test_the_published_keys_have_no_private_part(connection):
    (key,) = Client().get("/_idp/keys/").json()["keys"]
    assert set(key) == {"kty", "n", "e", "use", "alg", "kid"}


def test_what_is_kept_is_sealed_and_its_owners_alone(connection):
    file = file_of(connection)
    assert file.stat().st_mode & 0o077 == 0
    assert file.parent.stat().st_mode & 0o077 == 0
    assert "client_secret" not in file.read_text()


def statuses(**sender):
    browser = Client(**sender)
    return {getattr(browser, way)(path).status_code for path in PATHS for way in ("get", "head", "post")}


def test_in_production_there_is_no_provider(connection, settings):
    assert 404 not in statuses()
    settings.DEVELOPMENT = False
    assert statuses() == {404}


@pytest.mark.parametrize("address", ["203.0.113.9", "10.0.0.7", "2001:db8::1", ""])
def test_other_machines_find_none(connection, address):
    assert statuses(REMOTE_ADDR=address) == {404}


def test_nobody_finds_it_through_a_proxy_of_this_machine(connection):
    assert statuses(headers={"X-Forwarded-For": "127.0.0.1"}) == {404}


def test_a_development_site_without_the_demonstration_has_none(organization):
    organization.connections.create(kind="oidc", name="By hand", issuer=issuer(), client_id=CLIENT_ID)
    assert statuses() == {404}


def test_in_production_the_demonstration_makes_no_connection_and_names_none(settings, monkeypatch):
    settings.DEVELOPMENT = False
    monkeypatch.setenv("MATRICULA_PRIVATE_NETWORKS", "10.0.0.0/8")
    fill()
    renew_company_sign_in()
    assert not Connection.objects.exists()
    assert not Domain.objects.exists()
    assert "/sso/" not in introduce()
    assert commands.reaching_ourselves() == {}


def test_in_development_the_site_may_call_its_own_address_beside_those_of_the_operator(settings, monkeypatch):
    settings.DEVELOPMENT = True
    monkeypatch.setenv("MATRICULA_PRIVATE_NETWORKS", "10.0.0.0/8")
    assert commands.reaching_ourselves() == {"MATRICULA_PRIVATE_NETWORKS": "10.0.0.0/8 127.0.0.0/8 ::1"}


def test_a_demonstration_that_is_served_in_production_signs_nobody_in(connection, provider, settings):
    """Not even with a code that was given before, by the rules of the guarded fetch alone."""
    browser = Client()
    browser.post(f"/sso/nordlicht/{connection.public_id}/start/")
    settings.DEVELOPMENT, settings.PRIVATE_NETWORKS = False, []
    with pytest.raises(AddressForbidden):
        fetch(discovery_document()["token_endpoint"])
    with pytest.raises(IssuerRefused):
        fetch_discovery(asking(provider), issuer())
    page = browser.get(f"/sso/nordlicht/{connection.public_id}/callback/?code=x&state=y")
    assert page.status_code == 403


def test_every_start_has_a_new_key_and_a_new_secret_and_the_address_of_now(connection, provider, settings):
    settings.BASE_URL = "http://127.0.0.1:8123"
    renew_company_sign_in()
    now = Connection.objects.get()
    renewed = Provider.of(now)
    assert now.issuer == "http://127.0.0.1:8123/_idp"
    assert now.state == "live"
    assert renewed.client_secret != provider.client_secret
    assert renewed.key.kid != provider.key.kid
    assert renewed.key.kid in now.keys


def test_a_key_that_another_key_of_the_site_sealed_is_made_anew(connection, settings):
    settings.SECRET_KEY = "another" * 8
    assert Client().get("/_idp/keys/").status_code == 404
    renew_company_sign_in()
    assert Client().get("/_idp/keys/").status_code == 200


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_races_a_code_that_two_redeem_at_once_is_one_tokens(connection, provider):
    code = code_for(connection)
    told = sorted(all_at_once(*[lambda: redeem(provider, code).status_code] * 6))
    assert told == [200, 400, 400, 400, 400, 400]
