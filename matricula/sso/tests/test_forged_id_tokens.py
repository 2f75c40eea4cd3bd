"""No text is believed that Ada's provider did not sign, and none breaks the judge."""

import json
import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from matricula.sso.answers import AnswerRefused, Checks
from matricula.sso.id_tokens import answer_of_claims, judge_id_token
from matricula.sso.tests.providers import CLAIMS, CLIENT_ID, EXPECTED, NOW, b64, keys_of, make_token


def judge(token):
    return judge_id_token(token, keys=keys_of(), expected=EXPECTED, now=NOW, checks=Checks())


def require_refusal(token):
    with pytest.raises(AnswerRefused):
        judge(token)


GOOD = make_token()
ANYWHERE = st.integers(0, len(GOOD) - 1)
LETTERS = st.sampled_from(string.ascii_letters + string.digits + "-_.=+/ \n\0é")


@given(ANYWHERE, LETTERS)
def test_no_token_with_one_character_changed_is_believed(place, letter):
    changed = GOOD[:place] + letter + GOOD[place + 1 :]
    if changed != GOOD:
        require_refusal(changed)


@given(ANYWHERE, st.integers(0, 40), st.text(LETTERS, max_size=40))
def test_no_token_with_something_put_in_or_left_out_is_believed(place, length, put_in):
    changed = GOOD[:place] + put_in + GOOD[place + length :]
    if changed != GOOD:
        require_refusal(changed)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
PARTS = st.text() | st.binary().map(b64) | JSON.map(lambda value: b64(json.dumps(value).encode()))


@given(st.text() | st.lists(PARTS, min_size=1, max_size=5).map(".".join))
@example(b64(b"[" * 3000) + "..")
@example(b64(b'["alg"]') + "..")
@example(b64(b'"alg"') + "..")
@example(b64(b'{"alg":["RS256"]}') + "..")
@example(b64(b'{"alg":"RS256","kid":"k1","b64":false,"crit":["b64"]}') + "..")
@example(b64(b'{"alg":"RS256","kid":"k1","jku":7}') + ".e30.AAAA")
@example("\ud800")
def test_whatever_is_sent_is_refused_and_breaks_nothing(token):
    require_refusal(token)


JUDGED = ("iss", "sub", "aud", "azp", "exp", "nbf", "iat", "nonce")


@given(JSON, st.sampled_from(JUDGED))
def test_no_signed_claim_of_any_kind_breaks_the_judge(value, claim):
    """Believed is only what says the same: a list of us alone, a time within limits, a name."""
    claims = {**CLAIMS, claim: value}
    token = make_token(claims)
    try:
        believed = judge(token)
    except AnswerRefused:
        return
    assert believed.claims == claims
    assert claim in ("sub", "exp", "nbf", "iat") or value in (CLAIMS.get(claim), [CLIENT_ID], CLIENT_ID)


@given(JSON)
@example([[]] * 3000)
def test_whatever_a_provider_signs_breaks_nothing(claims):
    require_refusal(make_token(claims if isinstance(claims, list) else {"claims": claims}))


@given(st.dictionaries(st.sampled_from(["email", "name", "given_name", "groups", "x"]), JSON))
def test_whatever_is_claimed_makes_an_answer(claims):
    answer = answer_of_claims(claims, "ada-1")
    assert answer.subject == "ada-1"
    assert all(isinstance(one, str) for values in answer.values.values() for one in values)
