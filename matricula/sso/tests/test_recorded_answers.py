"""Answers that identity providers of others gave to our requests, in November 2026: kept as they came.

SimpleSAMLphp 1.19.7 (PHP), samlp 8.0.0 and samlify 2.13.1 (Node.js), each with its metadata. `ours.pem` is
the key that they encrypted for; it opens nothing else.
"""

from datetime import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from matricula.sso.answers import AnswerRefused
from matricula.sso.saml_assertions import AttributeNames, Expected
from matricula.sso.saml_metadata import read_identity_provider
from matricula.sso.saml_responses import Judged, judge_response, read_in_response_to
from matricula.sso.tests.minting import ACS, ADA, AUDIENCE
from matricula.sso.xml_documents import read_message

RECORDED = Path(__file__).parent / "recorded"
KEY = load_pem_private_key((RECORDED / "ours.pem").read_bytes(), None)
CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"
NAMES = {
    "simplesamlphp": AttributeNames(subject="uid", email="email", full_name="cn", groups="groups"),
    "samlp": AttributeNames(email=f"{CLAIMS}/emailaddress", full_name=f"{CLAIMS}/name"),
    "samlify": AttributeNames(email="email"),
}


def judged(name: str, **changes) -> Judged:
    raw, writer = (RECORDED / f"{name}.xml").read_bytes(), name.split(".")[0]
    now = datetime.fromisoformat(read_message(raw).get("IssueInstant"))
    provider = read_identity_provider((RECORDED / f"{writer}.metadata.xml").read_bytes(), now=now)
    standard = {
        "issuer": provider.entity_id,
        "audience": AUDIENCE,
        "acs": ACS,
        "certificates": provider.certificates,
        "now": now,
        "request_id": read_in_response_to(raw),
        "attributes": NAMES[writer],
        "decryption_keys": (KEY,),
    }
    return judge_response(raw, expected=Expected(**(standard | changes)))


@pytest.mark.parametrize(
    ("name", "subject", "groups"),
    [
        ("simplesamlphp.both", "ada", ("staff", "editors")),
        ("simplesamlphp.encrypted", "ada", ("staff", "editors")),
        ("simplesamlphp.transient", "ada", ("staff", "editors")),
        ("samlp.both", "ada", ()),
        ("samlp.encrypted", "ada", ()),
        ("samlify.assertion", ADA, ()),
    ],
)
def test_ada_is_believed_whoever_wrote_it(name, subject, groups):
    answer = judged(name).answer
    assert (answer.subject, answer.email, answer.groups) == (subject, ADA, groups)


def test_a_name_that_changes_at_every_sign_in_is_refused():
    with pytest.raises(AnswerRefused, match="transient"):
        judged("simplesamlphp.transient", attributes=AttributeNames())
    assert judged("simplesamlphp.both", attributes=AttributeNames()).answer.subject == "ada"


def test_both_signatures_of_one_answer_were_verified():
    codes = [check.code for check in judged("samlp.both").checks]
    assert codes.count("signature") == 2


@pytest.mark.parametrize("name", ["simplesamlphp.encrypted", "samlp.encrypted"])
def test_without_our_key_it_stays_closed(name):
    with pytest.raises(AnswerRefused, match="encrypted_assertion"):
        judged(name, decryption_keys=())
