"""Ada's way to her company's sign-in and back: what we ask, what comes, and what is refused."""

import base64
import re
from dataclasses import replace
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from matricula.security.outgoing import Redirected, TooSlow, Unreachable
from matricula.sso import errors
from matricula.sso.answers import AnswerRefused, Checks
from matricula.sso.code_flow import (
    Callback,
    TokenAnswer,
    add_userinfo,
    authorization_address,
    code_challenge,
    exchange_code,
    judge_callback,
    needs_userinfo,
    read_callback,
    read_token_answer,
    token_request,
)
from matricula.sso.tests.providers import CLIENT, CLIENT_ID, DISCOVERY, ISSUER, SECRETS, Network

NAMING = replace(DISCOVERY, answers_name_issuer=True)


def asked(address):
    return dict(parse_qsl(urlsplit(address).query, strict_parsing=True))


def test_ada_is_sent_with_everything_her_answer_will_be_held_against():
    address = authorization_address(DISCOVERY, CLIENT, SECRETS)
    assert address.startswith(f"{ISSUER}/authorize?")
    assert asked(address) == {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": "https://learn.example/sso/acme/oidc/callback",
        "scope": "openid email profile",
        "state": "S" * 43,
        "nonce": "N" * 43,
        "code_challenge": code_challenge("V" * 43),
        "code_challenge_method": "S256",
    }
    assert "V" * 43 not in address


def test_a_connections_own_scopes_and_hints_go_along():
    more = {"scopes": ["groups", "email"], "login_hint": "ada+1@acme.example", "prompt": "login"}
    sent = asked(authorization_address(DISCOVERY, CLIENT, SECRETS, **more))
    assert sent["scope"] == "openid email profile groups"
    assert (sent["login_hint"], sent["prompt"]) == ("ada+1@acme.example", "login")


def test_an_endpoint_keeps_its_own_query():
    endpoint = f"{ISSUER}/authorize?tenant=a"
    address = authorization_address(replace(DISCOVERY, authorization_endpoint=endpoint), CLIENT, SECRETS)
    assert asked(address)["tenant"] == "a"
    assert address.count("?") == 1


def test_the_challenge_is_the_standards_own_example():
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert code_challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def come_back(discovery=DISCOVERY, checks=None, **answer):
    callback = read_callback(urlencode({"state": SECRETS.state, **answer}))
    checks = Checks() if checks is None else checks
    return judge_callback(callback, discovery=discovery, state=SECRETS.state, checks=checks)


def test_ada_comes_back_with_a_code():
    checks = Checks()
    assert come_back(code="abc", checks=checks) == "abc"
    assert [one.code for one in checks] == ["state", "answer_issuer", "code"]
    assert come_back(discovery=NAMING, code="abc", iss=ISSUER) == "abc"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"state": "other", "code": "abc"}, "state"),
        ({"state": "", "code": "abc"}, "state"),
        ({"code": "abc", "iss": "https://evil.example"}, "answer_issuer"),
        ({"code": "a\nb"}, "code"),
        ({"code": "a" * 4001}, "code"),
    ],
)
def test_an_answer_to_somebody_else_is_refused(answer, code):
    with pytest.raises(AnswerRefused) as refused:
        come_back(**answer)
    assert refused.value.code == code


@pytest.mark.parametrize("issuer", [{}, {"iss": ""}, {"iss": f"{ISSUER}/"}, {"iss": "https://evil.example"}])
def test_where_answers_name_their_issuer_another_or_none_is_refused(issuer):
    for answer in ({"code": "abc"}, {"error": "access_denied"}):
        with pytest.raises(AnswerRefused) as refused:
            come_back(discovery=NAMING, **answer, **issuer)
        assert refused.value.code == "answer_issuer"


@pytest.mark.parametrize(
    ("error", "refusal"),
    [
        ("access_denied", errors.SignInCancelled),
        ("login_required", errors.InteractionNeeded),
        ("interaction_required", errors.InteractionNeeded),
        ("consent_required", errors.InteractionNeeded),
        ("account_selection_required", errors.InteractionNeeded),
        ("server_error", errors.ProviderRefused),
    ],
)
def test_ada_is_told_why_her_provider_sent_her_back(error, refusal):
    with pytest.raises(errors.FlowError) as refused:
        come_back(error=error, error_description="No.", code="abc")
    assert type(refused.value) is refusal


def test_the_providers_words_are_told_plainly():
    with pytest.raises(errors.ProviderRefused) as refused:
        come_back(error="server_error", error_description="AADSTS50105:\n<b>not\0 assigned</b>" + "x" * 999)
    assert str(refused.value).startswith(
        "The identity provider refused the sign-in and said: server_error: AADSTS50105: <b>not assigned</b>"
    )
    assert len(str(refused.value)) < 400


def test_an_error_is_nobodys_until_the_state_is_ours():
    with pytest.raises(AnswerRefused):
        come_back(state="other", error="access_denied")


@pytest.mark.parametrize(
    "query",
    [
        "",
        "state=a",
        "state=a&code=",
        "state=a&code=b&code=c",
        "state=a&state=b&code=c",
        "state=a&code=b&iss=&iss=x",
        "state=a&code=%ff",
        "state=a&code=" + "b" * 8000,
        "&".join(f"a{n}=1" for n in range(40)) + "&code=b",
    ],
)
def test_what_no_provider_sends_is_refused(query):
    with pytest.raises(errors.CallbackMalformed):
        read_callback(query)


@given(
    st.text() | st.dictionaries(st.sampled_from(["state", "code", "iss", "error"]), st.text()).map(urlencode)
)
@example("code=\ud800&state=\ud800")
def test_whatever_comes_back_breaks_nothing(query):
    try:
        callback = read_callback(query)
    except errors.CallbackMalformed:
        return
    with pytest.raises((AnswerRefused, errors.SingleSignOnError)):
        judge_callback(callback, discovery=NAMING, state=SECRETS.state, checks=Checks())


def test_no_callback_opens_a_flow_without_a_state():
    with pytest.raises(AnswerRefused):
        judge_callback(Callback(code="abc"), discovery=DISCOVERY, state="", checks=Checks())


def test_the_code_is_given_for_an_id_token():
    network = Network(token={"id_token": "a.b.c", "access_token": "at", "token_type": "Bearer"})
    got = exchange_code(network, DISCOVERY, CLIENT, code="abc", verifier=SECRETS.verifier)
    assert got == TokenAnswer("a.b.c", "at")
    ((method, url, body, headers),) = network.asked
    assert (method, url) == ("POST", f"{ISSUER}/token")
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert base64.b64decode(headers["Authorization"].removeprefix("Basic ")) == b"matricula:s3cret"
    assert dict(parse_qsl(body.decode())) == {
        "grant_type": "authorization_code",
        "code": "abc",
        "redirect_uri": CLIENT.redirect_uri,
        "code_verifier": "V" * 43,
    }


AWKWARD = replace(CLIENT, client_id="https://learn.example:8/ä", client_secret="a b:c+d%&~")


def test_an_id_and_a_secret_are_written_as_in_a_form():
    _body, headers = token_request(DISCOVERY, AWKWARD, code="abc", verifier="V")
    pair = base64.b64decode(headers["Authorization"].removeprefix("Basic "))
    assert pair == b"https%3A%2F%2Flearn.example%3A8%2F%C3%A4:a+b%3Ac%2Bd%25%26~"


def test_no_secret_of_a_sign_in_gets_into_a_traceback():
    shown = [repr(one) for one in (CLIENT, SECRETS, TokenAnswer("a.b.c", "a-t"), Callback(code="abc"))]
    assert not [one for one in shown if re.search("s3cret|SSS|NNN|VVV|a.b.c|a-t|abc", one)]


def test_a_provider_that_wants_the_secret_in_the_form_gets_it_there():
    post = replace(DISCOVERY, authentication="client_secret_post")
    body, headers = token_request(post, AWKWARD, code="abc", verifier="V")
    assert "Authorization" not in headers
    sent = parse_qs(body.decode(), strict_parsing=True)
    assert (sent["client_id"], sent["client_secret"]) == ([AWKWARD.client_id], [AWKWARD.client_secret])


TOKEN_ANSWERS = {
    "another secret": ((401, {"error": "invalid_client"}), errors.ClientRefused),
    "a code used twice": ((400, {"error": "invalid_grant", "error_description": "used"}), errors.CodeRefused),
    "another error": ((400, {"error": "invalid_scope"}), errors.ProviderRefused),
    "an error that is no text": ((400, {"error": 7}), errors.ProviderStatus),
    "a page": ((500, b"<h1>Oops</h1>"), errors.ProviderStatus),
    "a redirect": (Redirected(), errors.ProviderUnreachable),
    "no token": ({"access_token": "at"}, errors.TokenAnswerMalformed),
    "a token that is none": ({"id_token": {"sub": "ada"}}, errors.TokenAnswerMalformed),
    "a form": (b"id_token=a.b.c", errors.NotJson),
    "5 MB": (b'{"id_token":"' + b"a" * 5_000_000 + b'"}', errors.DocumentTooLarge),
    "slow": (TooSlow(), errors.ProviderUnreachable),
}


@pytest.mark.parametrize("what", TOKEN_ANSWERS)
def test_ada_is_told_what_came_in_place_of_a_token(what):
    answer, error = TOKEN_ANSWERS[what]
    with pytest.raises(errors.SingleSignOnError) as refused:
        exchange_code(Network(token=answer), DISCOVERY, CLIENT, code="abc", verifier="V")
    assert type(refused.value) is error
    assert str(refused.value)


@pytest.mark.parametrize("token", ["a\r\nX-Evil: 1", "ä", 7, None])
def test_an_access_token_that_no_header_carries_is_left_out(token):
    network = Network(token={"id_token": "a.b.c", "access_token": token, "token_type": "bearer"})
    got = exchange_code(network, DISCOVERY, CLIENT, code="abc", verifier="V")
    assert got.access_token == ""


@given(st.sampled_from([200, 400, 500]), st.binary())
@example(200, b'{"id_token":"\\ud800"}')
@example(400, b'{"error":""}')
def test_whatever_the_token_endpoint_says_breaks_nothing(status, body):
    with pytest.raises(errors.SingleSignOnError):
        read_token_answer(status, body)


BARE = {"sub": "ada-1", "iss": ISSUER}


def complete(userinfo, claims=BARE, token="at"):
    network = Network(userinfo=userinfo)
    found = add_userinfo(network, DISCOVERY, claims, access_token=token, checks=Checks())
    return found, network


def test_userinfo_adds_what_the_token_does_not_say_and_changes_nothing():
    said = {"sub": "ada-1", "email": "ada@acme.example", "name": "Ada", "iss": "x", "groups": ["owners"]}
    found, network = complete(said, {**BARE, "name": "Ada Lovelace", "email": None})
    assert found == {**BARE, "name": "Ada Lovelace", "email": "ada@acme.example"}
    assert network.asked[0][3]["Authorization"] == "Bearer at"
    assert (needs_userinfo(BARE), needs_userinfo(found)) == (True, False)


@pytest.mark.parametrize("subject", ["bruno-1", None, ["ada-1"], ...])
def test_userinfo_of_somebody_else_is_refused(subject):
    said = {"email": "ada@acme.example"} | ({} if subject is ... else {"sub": subject})
    with pytest.raises(AnswerRefused) as refused:
        complete(said)
    assert refused.value.code == "userinfo_subject"


@pytest.mark.parametrize("answer", [(404, b""), b"<h1>", b"a.b.c", Unreachable()])
def test_userinfo_that_does_not_come_keeps_nobody_out(answer):
    assert complete(answer)[0] == BARE


def test_nobody_is_asked_without_an_access_token():
    found, network = complete({"sub": "ada-1", "name": "Ada"}, token="")
    assert (found, network.asked) == (BARE, [])
