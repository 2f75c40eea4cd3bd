"""Whatever Mallory does to an answer without the key, it is refused or says exactly what was signed.

1,500 mutations by default, 20,000 by `make thorough`; `SAML_MUTATIONS` tries as many, `SAML_SEED` others.
"""

import copy
import os
import random
import time
from collections import Counter

import pytest
from lxml import etree

from matricula.sso.answers import AnswerRefused
from matricula.sso.saml_assertions import AttributeNames
from matricula.sso.saml_responses import judge_response
from matricula.sso.tests.judging import expect
from matricula.sso.tests.minting import (
    ADA,
    EMAIL_FORMAT,
    assertion_of,
    attribute,
    certificate,
    encrypt,
    private_key,
    response,
    sign,
    signed,
    written,
)
from matricula.sso.xml_documents import ASSERTION, LARGEST_MESSAGE, PROTOCOL, SIGNATURE

MUTATIONS = int(os.environ.get("SAML_MUTATIONS", "20000" if "EVERY_EDGE" in os.environ else "1500"))
SEED = int(os.environ.get("SAML_SEED", "1"))
TEXTS = ("eve@acme.example", "", " ", "é", "\u202e")
VALUES = ("_a1", "_r1", "#_a1", "#_r1", "", "https://evil.example/", "2030-01-01T00:00:00Z")
TAGS = (ASSERTION + "Assertion", SIGNATURE + "Signature", PROTOCOL + "Extensions", "x", "Assertion")
NEW_ATTRIBUTES = ("ID", "Id", "id", "URI", "Algorithm", "PrefixList", "Format", "Version")


def move(one, other, dice):
    if one is not other and one not in other.iterancestors():
        other.append(one)


def change_attribute(one, other, dice):
    if one.attrib:
        one.set(dice.choice(list(one.attrib)), dice.choice(VALUES))


def drop_attribute(one, other, dice):
    if one.attrib:
        del one.attrib[dice.choice(list(one.attrib))]


def remark(one, other, dice):
    other.append(etree.Comment("x"))


def wrap(one, other, dice):
    if one.getparent() is not None:
        wrapper = etree.Element(other.tag, other.attrib if dice.random() < 0.5 else {})
        one.getparent().replace(one, wrapper)
        wrapper.append(one)


MUTATE = (
    move,
    change_attribute,
    drop_attribute,
    remark,
    wrap,
    lambda one, other, dice: other.append(copy.deepcopy(one)),
    lambda one, other, dice: other.insert(0, copy.deepcopy(one)),
    lambda one, other, dice: one.getparent() is not None and one.getparent().remove(one),
    lambda one, other, dice: setattr(one, "text", dice.choice(TEXTS)),
    lambda one, other, dice: setattr(one, "tail", dice.choice(TEXTS)),
    lambda one, other, dice: setattr(one, "tag", dice.choice((other.tag, *TAGS))),
    lambda one, other, dice: one.set(dice.choice(NEW_ATTRIBUTES), dice.choice(VALUES)),
)


def mutated(raw: bytes, dice: random.Random) -> bytes:
    root = etree.fromstring(raw)
    for _ in range(dice.choice((1, 1, 2, 3))):
        elements = [one for one in root.iter() if isinstance(one.tag, str)]
        dice.choice(MUTATE)(dice.choice(elements), dice.choice(elements), dice)
    return written(root)


def damaged(raw: bytes, dice: random.Random) -> bytes:
    """What no writer of XML would do."""
    place = dice.randrange(len(raw))
    put = dice.choice([b"", b"<", b">", b"\x00", b"\xc3", b"&", b'"', bytes([dice.randrange(256)])])
    return raw[:place] + put + raw[place + dice.choice([0, 1, 1, 7]) :]


def test_every_mutation_is_refused_or_says_exactly_what_was_signed():
    """Never another exception, never another name, never another group."""
    dice = random.Random(SEED)
    bases = [written(signed(which)) for which in ("assertion", "response", "both")]
    bases += [written(signed(key="p256")), written(encrypt(signed())), written(sign(encrypt(signed())))]
    expected = expect(
        certificates=(certificate(), certificate("p256")),
        attributes=AttributeNames(groups="name"),
        decryption_keys=(private_key("ours"),),
    )
    told = Counter()
    for _ in range(MUTATIONS):
        raw = dice.choice((mutated, mutated, mutated, damaged))(dice.choice(bases), dice)
        try:
            judged = judge_response(raw, expected=expected)
        except AnswerRefused as error:
            told[error.code] += 1
        else:
            assert (judged.answer.subject, judged.answer.groups) == (ADA, ("Ada Lovelace",)), raw
            assert (judged.assertion_id, judged.name_id_format) == ("_a1", EMAIL_FORMAT), raw
            told["believed"] += 1
    assert len(told) > 10, told


SPACES = " ".join(f'xmlns:n{n}="urn:{n}"' for n in range(6_000))
PREFIXED = f"<p:Extensions>{''.join(f'<n{n}:x/>' for n in range(6_000))}</p:Extensions>"
KNOWN = tuple(certificate(name) for name in ("acme", "next", "third"))


@pytest.mark.parametrize("prefixes", ["", " ".join(f"n{n}" for n in range(20))], ids=["", "listed"])
@pytest.mark.parametrize("key", ["third", "mallory"])
def test_an_answer_written_to_keep_the_server_busy_costs_little(key, prefixes):
    """As large as may be and full of namespaces, by a company itself or by anybody."""
    root = response(xmlns=SPACES, extensions=PREFIXED, attributes=attribute("x", *["y"] * 1_000))
    raw = written(sign(sign(assertion_of(root), key, prefixes=prefixes).getparent(), key, prefixes=prefixes))
    assert LARGEST_MESSAGE * 0.9 < len(raw) <= LARGEST_MESSAGE
    begun = time.process_time()
    told = ""
    try:
        told = judge_response(raw, expected=expect(certificates=KNOWN)).answer.subject
    except AnswerRefused as error:
        told = error.code
    assert time.process_time() - begun < 1
    assert told == (ADA if key == "third" else "signature")
