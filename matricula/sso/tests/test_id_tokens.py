"""Which ID tokens are believed, and what they say of Ada."""

import pytest

from matricula.sso.answers import AnswerRefused, Checks, utc
from matricula.sso.id_tokens import KeyUnknown, answer_of_claims, judge_id_token
from matricula.sso.key_sets import ALGORITHMS
from matricula.sso.tests.providers import (
    CLAIMS,
    CLIENT_ID,
    EVERY_ALGORITHM,
    EXPECTED,
    ISSUER,
    NOW,
    differing,
    keys_of,
    leave_unsigned,
    make_key,
    make_token,
    sign_by_secret,
    without,
)

ORDER = (
    *("size", "form", "critical", "algorithm", "key", "signature", "claims", "issuer", "audience"),
    *("authorized_party", "expires", "not_before", "issued_at", "nonce", "subject"),
)


def judge(token, expected=EXPECTED, keys=None, checks=None, now=NOW):
    checks = Checks() if checks is None else checks
    return judge_id_token(token, keys=keys or keys_of(), expected=expected, now=now, checks=checks)


def refusal(token, **more):
    with pytest.raises(AnswerRefused) as refused:
        judge(token, **more)
    assert [one.passed for one in refused.value.checks].count(False) == 1
    return refused.value.code


def test_ada_is_believed_and_each_check_was_noted_in_order():
    checks = Checks()
    believed = judge(make_token(), checks=checks)
    assert (believed.subject, believed.algorithm) == ("ada-1", "RS256")
    assert believed.key == make_key().thumbprint()
    assert tuple(one.code for one in checks) == ORDER
    assert all(one.passed for one in checks)


@pytest.mark.parametrize("algorithm", EVERY_ALGORITHM)
def test_ada_is_believed_whatever_her_provider_signs_by(algorithm, recwarn):
    key = make_key(EVERY_ALGORITHM[algorithm])
    token = make_token(key=key, algorithm=algorithm)
    expected = differing(algorithms=(algorithm,))
    assert judge(token, expected=expected, keys=keys_of(key)).algorithm == algorithm
    assert recwarn.list == []
    assert refusal(token[:-8] + "AAAAAAAA", expected=expected, keys=keys_of(key)) == "signature"


def test_no_way_to_sign_is_left_out_of_the_tests():
    assert tuple(EVERY_ALGORITHM) == ALGORITHMS


BELIEVED = {
    "a list with us in it, asked for by us": {"aud": [CLIENT_ID, "other"], "azp": CLIENT_ID},
    "a list of us alone": {"aud": [CLIENT_ID]},
    "asked for by us": {"azp": CLIENT_ID},
    "a clock a minute ahead": {"iat": NOW + 60, "nbf": NOW + 60, "exp": NOW + 3600},
    "a clock a minute behind": {"iat": NOW - 60, "exp": NOW - 59},
    "made ten minutes ago": {"iat": NOW - 600},
    "times with a fraction": {"iat": NOW - 0.5, "exp": NOW + 0.5},
    "a long name": {"sub": "s" * 255},
}


@pytest.mark.parametrize("name", BELIEVED)
def test_ada_is_believed_with(name):
    assert judge(make_token({**CLAIMS, **BELIEVED[name]})).claims["iss"] == ISSUER


OTHER = make_key(number=2)
STRANGER = make_key(kid="k9", number=3)
BAD = {
    "no signature": (lambda: leave_unsigned("none"), "algorithm"),
    "no signature, spelled otherwise": (lambda: leave_unsigned("nOnE"), "algorithm"),
    "the public key as a secret": (lambda: sign_by_secret(make_key().as_pem(private=False)), "algorithm"),
    "the client secret": (lambda: sign_by_secret(b"client secret"), "algorithm"),
    "a way to sign that discovery does not list": (lambda: make_token(algorithm="RS512"), "algorithm"),
    "another key by our key's name": (lambda: make_token(key=OTHER), "signature"),
    "its own key in the header": (
        lambda: make_token(key=OTHER, jwk=OTHER.as_dict(private=False)),
        "signature",
    ),
    "an address of keys in the header": (
        lambda: make_token(key=OTHER, jku="https://evil.example/keys"),
        "signature",
    ),
    "a key id that is none": (lambda: make_token(kid=7), "form"),
    "a critical extension": (lambda: make_token(crit=["b64"], b64=True), "critical"),
    "critical, and not even a list": (lambda: make_token(crit=7), "critical"),
    "no claims": (lambda: make_token([CLAIMS]), "claims"),
    "claims that are no JSON": (lambda: make_token(b"{'iss': 1}"), "claims"),
    "a claim twice": (lambda: make_token(b'{"sub":"a","sub":"b"}'), "claims"),
    "an encrypted token": (lambda: "a.b.c.d.e", "form"),
    "nothing": (lambda: "", "form"),
    "20 KiB": (lambda: make_token({**CLAIMS, "groups": ["g" * 20_000]}), "size"),
}
WRONG = {
    "another issuer": ({"iss": "https://evil.example"}, "issuer"),
    "the issuer with a slash": ({"iss": f"{ISSUER}/"}, "issuer"),
    "the issuer in capitals": ({"iss": ISSUER.upper()}, "issuer"),
    "a list of issuers": ({"iss": [ISSUER]}, "issuer"),
    "another audience": ({"aud": "other"}, "audience"),
    "nobody as audience": ({"aud": []}, "audience"),
    "us within another name": ({"aud": f"{CLIENT_ID}-2"}, "audience"),
    "an audience that is no text": ({"aud": [CLIENT_ID, 7], "azp": CLIENT_ID}, "audience"),
    "audiences as names": ({"aud": {CLIENT_ID: 1}}, "audience"),
    "several audiences and nobody who asked": ({"aud": [CLIENT_ID, "other"]}, "authorized_party"),
    "asked for by another": ({"azp": "other"}, "authorized_party"),
    "asked for by nobody": ({"azp": None}, "authorized_party"),
    "an hour too late": ({"exp": NOW - 3600}, "expires"),
    "a minute too late": ({"exp": NOW - 60}, "expires"),
    "an end in words": ({"exp": str(NOW + 300)}, "expires"),
    "an end that is true": ({"exp": True}, "expires"),
    "an end beyond all numbers": ({"exp": 10**400}, "expires"),
    "a beginning to come": ({"nbf": NOW + 3600}, "not_before"),
    "a beginning in words": ({"nbf": "now"}, "not_before"),
    "made in the future": ({"iat": NOW + 3600, "exp": NOW + 7200}, "issued_at"),
    "made yesterday": ({"iat": NOW - 86400}, "issued_at"),
    "made eleven minutes ago": ({"iat": NOW - 661}, "issued_at"),
    "made in words": ({"iat": str(NOW)}, "issued_at"),
    "another nonce": ({"nonce": "x"}, "nonce"),
    "a nonce that is no text": ({"nonce": 7}, "nonce"),
    "an empty name": ({"sub": ""}, "subject"),
    "a number for a name": ({"sub": 7}, "subject"),
    "a name of 300": ({"sub": "s" * 300}, "subject"),
    "a name beyond ASCII": ({"sub": "ädä"}, "subject"),
    "a name over two lines": ({"sub": "ada\n1"}, "subject"),
    "a name that no database keeps": ({"sub": "ada\0"}, "claims"),
    "half a letter": ({"email": "\ud800"}, "claims"),
}
MISSING = {
    "iss": "issuer",
    "aud": "audience",
    "exp": "expires",
    "iat": "issued_at",
    "nonce": "nonce",
    "sub": "subject",
}


@pytest.mark.parametrize("name", BAD)
def test_refused_is_a_token_with(name):
    make, code = BAD[name]
    assert refusal(make()) == code


@pytest.mark.parametrize("name", WRONG)
def test_refused_is_a_signed_token_with(name):
    claims, code = WRONG[name]
    assert refusal(make_token({**CLAIMS, **claims})) == code


@pytest.mark.parametrize("claim", MISSING)
def test_refused_is_a_signed_token_without(claim):
    assert refusal(make_token(without(claim))) == MISSING[claim]


def test_an_unknown_key_asks_for_a_newer_set_and_no_other_fault_does():
    token = make_token(key=STRANGER)
    with pytest.raises(KeyUnknown) as refused:
        judge(token)
    assert refused.value.code == "key"
    assert judge(token, keys=keys_of(make_key(), STRANGER)).key == STRANGER.thumbprint()
    with pytest.raises(AnswerRefused) as refused:
        judge(make_token(key=OTHER))
    assert type(refused.value) is AnswerRefused


def test_a_token_without_a_key_id_is_believed_where_one_key_fits():
    token, curve = make_token(kid=None), make_key("P-256", kid="k2")
    assert judge(token, keys=keys_of(make_key(), curve)).subject == "ada-1"
    assert refusal(token, keys=keys_of(make_key(), OTHER)) == "key"


def test_two_keys_by_one_name_are_both_tried():
    assert judge(make_token(), keys=keys_of(OTHER, make_key())).key == make_key().thumbprint()


def test_what_the_caller_forgot_opens_nothing():
    assert refusal(sign_by_secret(b""), expected=differing(algorithms=("HS256", "none"))) == "algorithm"
    assert refusal(leave_unsigned("none"), expected=differing(algorithms=("none",))) == "algorithm"
    assert refusal(make_token({**CLAIMS, "nonce": ""}), expected=differing(nonce="")) == "nonce"
    assert refusal(make_token({**CLAIMS, "aud": ""}), expected=differing(client_id="")) == "audience"
    assert refusal(make_token({**CLAIMS, "tid": ""}), expected=differing(subject_claim="oid")) == "tenant"


ENTRA = {**CLAIMS, "oid": "0000-ada", "tid": "tenant-1", "upn": "ada@acme.example"}
BY_OBJECT = differing(subject_claim="oid", tenant="tenant-1")


def test_entra_names_ada_alike_in_all_applications_of_the_pinned_tenant_only():
    assert judge(make_token(ENTRA), expected=BY_OBJECT).subject == "0000-ada"
    assert judge(make_token(ENTRA)).subject == "ada-1"
    assert refusal(make_token({**ENTRA, "tid": "tenant-2"}), expected=BY_OBJECT) == "tenant"
    assert refusal(make_token({**ENTRA, "oid": ""}), expected=BY_OBJECT) == "object_id"
    assert refusal(make_token(CLAIMS), expected=BY_OBJECT) == "tenant"


def test_the_skew_is_the_connections():
    late = make_token({**CLAIMS, "exp": NOW - 200})
    assert judge(late, expected=differing(skew=300)).subject == "ada-1"


def test_what_was_expected_and_seen_stands_beside_each_check():
    with pytest.raises(AnswerRefused) as refused:
        judge(make_token({**CLAIMS, "aud": "other\u2028app"}))
    last = refused.value.checks[-1]
    assert (last.expected, last.seen) == (CLIENT_ID, "other\ufffdapp")


def test_times_are_seen_in_words_and_lists_as_json_has_them():
    checks = Checks()
    judge(make_token({**CLAIMS, "aud": [CLIENT_ID]}), checks=checks, now=NOW)
    by_code = {one.code: one for one in checks}
    assert by_code["expires"].expected == f"after {utc(NOW - 60)}"
    assert by_code["expires"].seen == utc(CLAIMS["exp"])
    assert utc(1795915266) == "2026-11-29T01:21:06Z"
    assert by_code["audience"].seen == f'["{CLIENT_ID}"]'
    assert (utc("soon"), utc(1e300), utc({"a": 1}), utc(None)) == ("soon", "1e+300", '{"a": 1}', "")


@pytest.mark.parametrize(
    "payload", [b"[" * 5000, b'{"a":' * 5000, b'{"n":1e999}', b'{"n":NaN}', b"\xff", b""]
)
def test_claims_that_no_other_reader_would_take_are_refused(payload):
    assert refusal(make_token(payload)) in ("claims", "size")


def test_adas_answer_has_hints_beside_who_she_is():
    answer = answer_of_claims({**CLAIMS, "groups": ["staff", "staff", "", 7, "Ops\nteam"]}, "ada-1")
    assert (answer.subject, answer.email, answer.full_name) == ("ada-1", "ada@acme.example", "Ada Lovelace")
    assert answer.groups == ("staff", "Ops team")
    assert answer.values["groups"] == ("staff", "staff", "", "7", "Ops\nteam")
    assert answer.values["exp"] == (str(NOW + 300),)


@pytest.mark.parametrize(
    "email", [None, 7, ["ada@acme.example"], "ada", "ada@", "a\nda@acme.example", "a" * 300 + "@a.example"]
)
def test_an_address_that_mail_cannot_reach_is_left_out(email):
    claims = {"email": email, "upn": "ada@acme.example", "preferred_username": "ada@acme.example"}
    assert answer_of_claims(claims, "ada-1").email == ""


NAMES = {
    "Ada Lovelace": {"given_name": "Ada", "family_name": "Lovelace"},
    "Ada": {"given_name": "Ada"},
    "Augusta Ada": {"name": " Augusta\tAda ", "given_name": "Ada"},
    "": {"name": 7, "family_name": ["x"]},
    "A" * 200: {"name": "A" * 999},
}


@pytest.mark.parametrize("name", NAMES)
def test_ada_is_called(name):
    assert answer_of_claims(NAMES[name], "ada-1").full_name == name


@pytest.mark.parametrize(
    ("said", "doubted"),
    [(None, False), (True, False), ("true", False), (False, True), ("false", True), (0, True), ({}, True)],
)
def test_an_address_is_doubted_where_the_provider_does_not_answer_for_it(said, doubted):
    claims = {"email": "ada@acme.example"} | ({} if said is None else {"email_verified": said})
    assert answer_of_claims(claims, "ada-1").email_doubted is doubted
