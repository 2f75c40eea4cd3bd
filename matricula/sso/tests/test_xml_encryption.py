"""Assertions that were encrypted for us. Whatever is wrong with one, nobody learns more than that."""

import base64
from itertools import product

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from lxml import etree

from matricula.sso.tests.judging import believed, refused
from matricula.sso.tests.minting import (
    ADA,
    ASSERTION,
    DSIG,
    SIGNATURE,
    XMLENC,
    XMLENC11,
    assertion_of,
    encrypt,
    forged_copy,
    private_key,
    response,
    sign,
    signature_of,
    signed,
)
from matricula.sso.xml_encryption import remove_padding

OURS = (private_key("ours"),)
ENC = f"{{{XMLENC}}}"
DATA = [f"{XMLENC11}aes{bits}-gcm" for bits in (128, 192, 256)] + [
    f"{XMLENC}aes{bits}-cbc" for bits in (128, 192, 256)
]
SHA256_INSIDE = f'<ds:DigestMethod Algorithm="{XMLENC}sha256"/><x11:MGF Algorithm="{XMLENC11}mgf1sha256"/>'
OAEP_256 = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)


@pytest.mark.parametrize(("data", "beside"), list(product(DATA, [False, True])))
def test_what_the_organization_switched_on_is_opened(data, beside):
    """SimpleSAMLphp sends aes128-cbc with rsa-oaep-mgf1p; the key lies within the data or beside it."""
    root = encrypt(signed(), data=data, beside=beside)
    assert believed(root, decryption_keys=OURS).answer.subject == ADA


def test_the_later_form_of_oaep_is_opened():
    root = encrypt(signed(), wrap=f"{XMLENC11}rsa-oaep", method_inside=SHA256_INSIDE, scheme=OAEP_256)
    assert believed(root, decryption_keys=OURS).answer.subject == ADA
    assert believed(encrypt(signed(), wrap=f"{XMLENC11}rsa-oaep"), decryption_keys=OURS).answer.subject == ADA


def test_during_a_rollover_either_key_opens():
    for order in (("next", "ours"), ("ours", "next")):
        keys = tuple(private_key(name) for name in order)
        assert believed(encrypt(signed()), decryption_keys=keys).answer.subject == ADA


def test_a_signed_response_around_it_is_verified_first():
    root = sign(encrypt(signed()))
    assert believed(root, decryption_keys=OURS).answer.subject == ADA
    root.set("IssueInstant", "2020-01-01T00:00:00Z")
    assert refused(root, decryption_keys=OURS) == "digest"


def test_while_it_is_switched_off_an_encrypted_assertion_is_refused_by_name():
    assert refused(encrypt(signed())) == "encrypted_assertion"


def broken(change):
    """An answer in whose encrypted part `change` was made, by one who cannot read it."""
    root = encrypt(signed(), data=f"{XMLENC}aes128-cbc")
    change(root)
    return root


def flip(path: str, byte: int):
    def change(root):
        value = root.find(path)
        raw = bytearray(base64.b64decode(value.text))
        raw[byte] ^= 1
        value.text = base64.b64encode(raw).decode()

    return change


def rename(path: str, algorithm: str):
    return lambda root: root.find(path).set("Algorithm", algorithm)


def without(name: str):
    def change(root):
        for one in list(root.iter(name)):
            one.getparent().remove(one)

    return change


IN_DATA = f".//{ENC}EncryptedData/{ENC}CipherData/{ENC}CipherValue"
IN_KEY = f".//{ENC}EncryptedKey/{ENC}CipherData/{ENC}CipherValue"
METHOD = f".//{ENC}EncryptedData/{ENC}EncryptionMethod"
KEY_METHOD = f".//{ENC}EncryptedKey/{ENC}EncryptionMethod"
RSA_15 = padding.PKCS1v15()
FAILURES = {
    "vector changed": broken(flip(IN_DATA, 0)),
    "data changed": broken(flip(IN_DATA, 40)),
    "padding changed": broken(flip(IN_DATA, -17)),
    "last block changed": broken(flip(IN_DATA, -1)),
    "key changed": broken(flip(IN_KEY, 5)),
    "data of another length": broken(lambda root: setattr(root.find(IN_DATA), "text", "QUJD")),
    "no data": broken(lambda root: setattr(root.find(IN_DATA), "text", "")),
    "only a vector": broken(
        lambda root: setattr(root.find(IN_DATA), "text", base64.b64encode(bytes(16)).decode())
    ),
    "no base64": broken(lambda root: setattr(root.find(IN_DATA), "text", "é%")),
    "no key": broken(without(ENC + "EncryptedKey")),
    "no method": broken(without(ENC + "EncryptionMethod")),
    "no cipher": broken(without(ENC + "CipherData")),
    "empty": broken(without(ENC + "EncryptedData")),
    "another algorithm": broken(rename(METHOD, f"{XMLENC}aes256-cbc")),
    "tripledes": broken(rename(METHOD, f"{XMLENC}tripledes-cbc")),
    "gcm of cbc": broken(rename(METHOD, f"{XMLENC11}aes128-gcm")),
    "another wrapping": broken(
        rename(KEY_METHOD, f"{XMLENC11}rsa-oaep") if False else rename(KEY_METHOD, "urn:x")
    ),
    "a label": broken(lambda root: etree.SubElement(root.find(KEY_METHOD), ENC + "OAEPparams")),
    "an unknown digest": broken(
        lambda root: etree.SubElement(
            root.find(KEY_METHOD), SIGNATURE + "DigestMethod", Algorithm=f"{DSIG}md5"
        )
    ),
    "rsa 1.5": encrypt(signed(), wrap=f"{XMLENC}rsa-1_5", scheme=RSA_15),
    "rsa 1.5 by another name": encrypt(signed(), scheme=RSA_15),
    "for somebody else": encrypt(signed(), to="mallory"),
    "nobody signed it": encrypt(response()),
    "another key signed it": encrypt(signed(key="mallory")),
    "changed before": encrypt(signed(), change=lambda clear: clear.replace(b"ada@", b"eve@")),
    "no XML": encrypt(signed(), change=lambda clear: b"no"),
    "a doctype": encrypt(signed(), change=lambda clear: b"<!DOCTYPE a>" + clear),
    "another element": encrypt(signed(), change=lambda clear: b"<a/>"),
    "two assertions": encrypt(
        signed(),
        change=lambda clear: clear.replace(b"</a:Assertion>", b"<a:Assertion></a:Assertion></a:Assertion>"),
    ),
}


def advised(advice):
    """Signed with all that is in it, by the right key."""
    root = response()
    etree.SubElement(assertion_of(root), ASSERTION + "Advice").append(advice)
    sign(assertion_of(root))
    return root


FAILURES["a signed response"] = encrypt(signed(), change=lambda clear: etree.tostring(signed("response")))
FAILURES["an assertion in advice"] = encrypt(advised(forged_copy(assertion_of(response()))))
FAILURES["a signature in advice"] = encrypt(advised(signature_of(assertion_of(signed()))))


@pytest.mark.parametrize("failure", FAILURES)
def test_every_failure_is_one_and_the_same(failure):
    assert refused(FAILURES[failure], decryption_keys=OURS) == "decryption"


def test_no_failure_tells_what_was_looked_at_within():
    told = set()
    for root in FAILURES.values():
        with pytest.raises(Exception) as caught:  # noqa: PT011
            believed(root, decryption_keys=OURS)
        told.add(tuple((check.code, check.expected, check.seen) for check in caught.value.checks))
    assert len(told) == 1


def test_a_signature_of_the_response_does_not_stand_for_one_within():
    assert refused(sign(encrypt(response())), decryption_keys=OURS) == "decryption"


def test_nothing_beside_the_encrypted_assertion_is_read():
    root = encrypt(signed())
    root.append(forged_copy(assertion_of(response())))
    assert refused(root, decryption_keys=OURS) == "one_assertion"
    root = encrypt(signed())
    etree.SubElement(root.find(ASSERTION + "EncryptedAssertion"), ASSERTION + "Assertion")
    assert refused(root, decryption_keys=OURS) == "one_assertion"


def test_an_assertion_that_was_opened_is_judged_like_any_other():
    root = encrypt(signed(audience="<a:AudienceRestriction/>"))
    assert refused(root, decryption_keys=OURS) == "audience"


@pytest.mark.parametrize("padded", [b"", bytes(16), bytes(15) + b"\x11"])
def test_padding_is_one_byte_at_least_and_one_block_at_most(padded):
    with pytest.raises(ValueError, match="padding"):
        remove_padding(padded)
    assert remove_padding(b"a" + bytes(14) + b"\x0f") == b"a"
