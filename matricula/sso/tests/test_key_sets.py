"""Which keys of an identity provider are taken."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from matricula.sso import errors
from matricula.sso.key_sets import fetch_key_set, read_key_set
from matricula.sso.tests.providers import DISCOVERY, Network, b64, keys_of, make_key, public_set

VALUES = st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text() | st.none(), max_size=3)


def test_keys_are_fetched_read_once_and_kept_as_text():
    text = public_set(make_key(), make_key("P-256", kid="k2"))
    kept = fetch_key_set(Network(keys=text.encode()), DISCOVERY.jwks_uri)
    assert kept == text
    assert str(read_key_set(kept)) == "k1, k2"
    assert read_key_set(kept) is read_key_set(text)


UNUSABLE = {
    "a secret": {"kty": "oct", "k": "c2VjcmV0", "kid": "k1"},
    "a kind to come": {"kty": "AKP", "alg": "ML-DSA-44", "pub": "AAAA"},
    "for encryption": {**make_key("RSA").as_dict(private=False), "use": "enc"},
    "for nothing but wrapping": {**make_key("RSA").as_dict(private=False), "key_ops": ["wrapKey"]},
    "for another algorithm": {**make_key("RSA").as_dict(private=False), "alg": "RSA-OAEP"},
    "a curve for encryption": {"kty": "OKP", "crv": "X25519", "x": "A" * 43},
    "an unknown curve": {"kty": "EC", "crv": "P-255", "x": "AAAA", "y": "AAAA"},
    "a point beside the curve": {**make_key("P-256").as_dict(private=False), "x": "A" * 43},
    "1,024 bits": {"kty": "RSA", "e": "AQAB", "n": b64(b"\xbf" * 128)},
    "16,384 bits": {"kty": "RSA", "e": "AQAB", "n": b64(b"\xbf" * 2048)},
    "no number": {"kty": "RSA", "e": "AQAB", "n": "*"},
    "a list for a kind": {"kty": ["RSA"]},
    "a number for a name": {**make_key("RSA").as_dict(private=False), "kid": 7},
    "nothing": {},
}


@pytest.mark.filterwarnings("ignore:Key size")
@pytest.mark.parametrize("what", UNUSABLE)
def test_a_key_that_cannot_sign_is_passed_over(what):
    good = make_key("P-256", kid="k2").as_dict(private=False)
    text = json.dumps({"keys": [UNUSABLE[what], "no key", good]})
    assert str(read_key_set(text)) == "k2"
    with pytest.raises(errors.NoSigningKey):
        read_key_set(json.dumps({"keys": [UNUSABLE[what]]}))


@pytest.mark.parametrize("text", ['{"keys":[]}', '{"keys":{}}', "{}"])
def test_a_set_without_keys_is_refused(text):
    with pytest.raises(errors.NoSigningKey):
        read_key_set(text)


def test_a_private_key_that_was_published_is_read_as_the_public_one():
    published = json.dumps({"keys": [make_key().as_dict(private=True)]})
    (kept,) = read_key_set(published).keys
    assert not kept.key.is_private
    assert kept.thumbprint == keys_of().keys[0].thumbprint


@given(
    st.dictionaries(
        st.sampled_from(["kty", "n", "e", "crv", "x", "y", "kid", "use", "alg", "key_ops"]), VALUES
    )
)
@example({"kty": "EC", "crv": "P-256", "x": "", "y": ""})
@example({"kty": "RSA", "n": "", "e": ""})
@example({"kty": "OKP", "crv": "Ed25519", "x": ""})
@example({"kty": "RSA", "n": "é", "e": "AQAB"})
def test_whatever_is_in_a_key_breaks_nothing(jwk):
    with pytest.raises(errors.SingleSignOnError):
        read_key_set(json.dumps({"keys": [jwk]}))


@given(st.binary())
@example(b'{"keys":[{"kty":"RSA","n":"","e":""}]}')
@example(b'{"keys":[{"kty":["RSA"]}]}')
def test_a_provider_that_publishes_anything_breaks_nothing(body):
    with pytest.raises(errors.SingleSignOnError):
        read_key_set(body.decode(errors="replace"))
