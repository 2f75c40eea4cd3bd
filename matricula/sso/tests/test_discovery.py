"""What an OpenID provider says of itself, and what a wizard tells of it."""

import json
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from matricula.security import outgoing
from matricula.sso import errors
from matricula.sso.discovery import (
    Discovery,
    clean_issuer,
    discovery_address,
    fetch_discovery,
    read_discovery,
)
from matricula.sso.tests.providers import (
    DISCOVERY,
    DOCUMENT,
    ISSUER,
    Network,
)

WELL_KNOWN = ".well-known/openid-configuration"


def read(**changes):
    document = {name: value for name, value in {**DOCUMENT, **changes}.items() if value is not ...}
    return read_discovery(document, issuer=ISSUER)


def test_brunos_provider_is_read_and_kept_as_json():
    network = Network(**{WELL_KNOWN: DOCUMENT})
    found = fetch_discovery(network, f" {ISSUER}")
    assert found == DISCOVERY
    assert [(method, url) for method, url, *_ in network.asked] == [("GET", f"{ISSUER}/{WELL_KNOWN}")]
    assert Discovery.from_json(json.loads(json.dumps(found.as_json()))) == found


ADDRESSES = {
    "https://id.acme.example": "https://id.acme.example/.well-known/openid-configuration",
    "https://id.acme.example/": "https://id.acme.example/.well-known/openid-configuration",
    "https://acme.okta.example/oauth2/default": (
        "https://acme.okta.example/oauth2/default/.well-known/openid-configuration"
    ),
}


@pytest.mark.parametrize("issuer", ADDRESSES)
def test_the_document_lies_below_the_issuers_whole_path(issuer):
    assert discovery_address(clean_issuer(issuer)) == ADDRESSES[issuer]


def test_bruno_may_paste_the_documents_address():
    assert clean_issuer("https://id.acme.example/.well-known/openid-configuration") == ISSUER


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "acme",
        "http://id.acme.example",
        "ftp://id.acme.example",
        "https://",
        "https://bruno:secret@id.acme.example",
        "https://id.acme.example?a=1",
        "https://id.acme.example#a",
        "https://id.acme.example\\evil",
        "https://id.acme.example:port",
        "https://[::1",
        "https://id.acme.example;sandbox;script-src/a",
        "https://id.acme.example,evil.example",
        "https://*.example",
        "https://@id.acme.example",
        "https://id.acme.example/\nx",
        "https://id.acme.example/" + "a" * 3000,
        "javascript:alert(1)//https://",
    ],
)
def test_what_is_no_address_of_an_issuer_is_refused(typed):
    with pytest.raises(errors.IssuerRefused):
        clean_issuer(typed)


def test_http_is_for_tests_only():
    assert clean_issuer("http://127.0.0.1:9", allow_http=True) == "http://127.0.0.1:9"
    plain = {**DOCUMENT, "token_endpoint": "http://id.acme.example/token"}
    assert read_discovery(plain, issuer=ISSUER, allow_http=True).token_endpoint == plain["token_endpoint"]


@pytest.mark.parametrize(
    ("typed", "named"),
    [(ISSUER, f"{ISSUER}/"), (f"{ISSUER}/", ISSUER), (f"{ISSUER}/a/", f"{ISSUER}/a")],
)
def test_bruno_is_offered_the_issuer_when_only_the_slash_differs(typed, named):
    with pytest.raises(errors.IssuerSlash) as refused:
        read_discovery({**DOCUMENT, "issuer": named}, issuer=typed)
    assert refused.value.issuer == named
    assert named in str(refused.value)


@pytest.mark.parametrize("named", ["https://evil.example", ISSUER.upper(), f"{ISSUER}.evil.example"])
def test_the_document_of_another_issuer_is_refused(named):
    with pytest.raises(errors.IssuerDiffers) as refused:
        read(issuer=named)
    assert refused.value.code == "issuer_differs"


def test_the_address_of_all_tenants_is_refused_with_advice():
    shared = "https://login.microsoftonline.com/{tenantid}/v2.0"
    with pytest.raises(errors.IssuerTemplated, match="your tenant's own address"):
        read_discovery({**DOCUMENT, "issuer": shared}, issuer="https://login.microsoftonline.com/common/v2.0")
    with pytest.raises(errors.IssuerTemplated):
        clean_issuer(shared)


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
@pytest.mark.parametrize("address", [..., None, "", 7, "http://id.acme.example/x", "/x", "https://"])
def test_an_endpoint_that_is_missing_or_open_is_named(name, address):
    with pytest.raises(errors.DocumentMalformed, match=name):
        read(**{name: address})


def test_userinfo_may_be_missing_but_not_open():
    assert read(userinfo_endpoint=...).userinfo_endpoint == ""
    with pytest.raises(errors.DocumentMalformed, match="userinfo_endpoint"):
        read(userinfo_endpoint="http://id.acme.example/userinfo")


def test_of_their_ways_to_sign_ours_are_kept_in_our_order():
    theirs = ["none", "HS256", "HS512", "EdDSA", "ES256K", "ES256", "RS256"]
    assert read(id_token_signing_alg_values_supported=theirs).algorithms == ("RS256", "ES256", "EdDSA")
    assert read(id_token_signing_alg_values_supported=...).algorithms == ("RS256",)
    with pytest.raises(errors.NoCommonAlgorithm):
        read(id_token_signing_alg_values_supported=["none", "HS256"])


METHODS = {
    "client_secret_basic": [..., ["client_secret_basic"], ["client_secret_post", "client_secret_basic"]],
    "client_secret_post": [["client_secret_post"], ["private_key_jwt", "client_secret_post"]],
}


@pytest.mark.parametrize("ours", METHODS)
def test_our_secret_is_sent_as_the_provider_takes_it(ours):
    for theirs in METHODS[ours]:
        assert read(token_endpoint_auth_methods_supported=theirs).authentication == ours


def test_a_provider_that_takes_no_secret_is_refused():
    with pytest.raises(errors.NoCommonAuthentication):
        read(token_endpoint_auth_methods_supported=["private_key_jwt", "none"])


def test_whether_answers_must_name_the_issuer_is_kept():
    name = "authorization_response_iss_parameter_supported"
    assert read(**{name: True}) == replace(DISCOVERY, answers_name_issuer=True)
    with pytest.raises(errors.DocumentMalformed, match=name):
        read(**{name: "yes"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("issuer", ...),
        ("issuer", ""),
        ("issuer", [ISSUER]),
        ("response_types_supported", ["id_token"]),
        ("response_types_supported", "code"),
        ("id_token_signing_alg_values_supported", "RS256"),
        ("id_token_signing_alg_values_supported", [["RS256"]]),
        ("token_endpoint_auth_methods_supported", {"client_secret_basic": 1}),
    ],
)
def test_what_is_not_as_it_should_be_is_named(name, value):
    with pytest.raises(errors.DocumentMalformed, match=name):
        read(**{name: value})


FETCHED = {
    "not there": ((404, b"<h1>Not found</h1>"), errors.ProviderStatus),
    "a redirect": (outgoing.Redirected(), outgoing.Redirected),
    "a page": (b"<!doctype html><title>Sign in</title>", errors.NotJson),
    "nothing": (b"", errors.NotJson),
    "a list": (b"[]", errors.NotJson),
    "5 MB": (b'{"issuer":"' + b"a" * 5_000_000 + b'"}', errors.DocumentTooLarge),
    "slow": (outgoing.TooSlow(), outgoing.TooSlow),
    "our own network": (outgoing.AddressForbidden(), outgoing.AddressForbidden),
}


@pytest.mark.parametrize("what", FETCHED)
def test_bruno_is_told_what_came_in_place_of_a_document(what):
    answer, error = FETCHED[what]
    with pytest.raises(error) as refused:
        fetch_discovery(Network(**{WELL_KNOWN: answer}), ISSUER)
    assert str(refused.value)


def test_the_status_that_came_is_told():
    with pytest.raises(errors.ProviderStatus, match="404"):
        fetch_discovery(Network(), ISSUER)


@given(st.binary() | st.text().map(str.encode))
@example(b'{"issuer":{}}')
def test_whatever_is_published_breaks_nothing(body):
    with pytest.raises(errors.SingleSignOnError):
        fetch_discovery(Network(**{WELL_KNOWN: body}), ISSUER)


VALUES = st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text() | st.none(), max_size=3)
OTHERS = [
    *sorted(DOCUMENT),
    "token_endpoint_auth_methods_supported",
    "authorization_response_iss_parameter_supported",
]


@given(st.sampled_from(OTHERS), VALUES)
def test_no_value_in_the_document_breaks_anything(name, value):
    try:
        found = read(**{name: value})
    except errors.SingleSignOnError:
        return
    assert found.token_endpoint.startswith("https://")
