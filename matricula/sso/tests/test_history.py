"""What was judged is kept for a while: each check, what came, by which key, and nothing that opens."""

import json
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from matricula.audit.models import Entry
from matricula.identities.asserted_identities import AssertedIdentity
from matricula.identities.errors import EndedByCompany
from matricula.identities.identities import allow_again, end_for_company, link_identity
from matricula.identities.models import Connection, Flow
from matricula.identities.tests.company import live_connection
from matricula.jobs.retention import known_rules
from matricula.security.models import Throttle
from matricula.sso.answers import Answer, Checks
from matricula.sso.history import keep_passed, keep_refused
from matricula.sso.models import JudgedAnswer
from matricula.sso.readable_answers import LONGEST, readable_token, readable_xml
from matricula.sso.tests import minting, providers
from matricula.sso.tests.company import CONSOLE

pytestmark = pytest.mark.django_db


def flow(connection, purpose):
    made = timezone.now()
    return Flow(connection=connection, purpose=purpose, state_digest=f"{made}", expires_at=made)


def checks(**more):
    found = Checks.of(more.pop("raw", "<r/>"))
    found.signed_by = more.pop("signed_by", "")
    found.require("xml", True, expected="XML", seen="XML")
    return found


@pytest.mark.postgres
def test_of_tests_the_last_20_are_kept_and_refused_sign_ins_push_none_of_them_out(saml):
    for _ in range(23):
        keep_passed(flow(saml, "test"), checks(), Answer(subject="s"))
    for _ in range(55):
        keep_refused(saml, flow(saml, "sign_in"), checks(), reason="xml")
    assert saml.judged_answers.filter(purpose="test").count() == 20
    assert saml.judged_answers.filter(purpose="sign_in").count() == 50
    newest = keep_passed(flow(saml, "test"), checks(), Answer(subject="s"))
    assert saml.judged_answers.filter(pk=newest.pk).exists()


@pytest.mark.postgres
def test_whoever_has_one_thing_refused_very_often_pushes_out_nothing_else(olga, saml):
    genuine = keep_refused(saml, flow(saml, "sign_in"), checks(), reason="audience")
    for _ in range(60):
        newest = keep_refused(saml, flow(saml, "sign_in"), checks(), reason="provider_refused")
    kept = saml.judged_answers.values_list("reason", flat=True)
    assert Counter(kept) == {"audience": 1, "provider_refused": 50}
    page = olga.get(f"{CONSOLE}{saml.public_id}/").content.decode()
    assert genuine.reference in page
    assert newest.reference in page
    assert page.count(f"{CONSOLE}{saml.public_id}/answers/") == 11


@pytest.mark.postgres
def test_the_audit_log_has_one_line_a_minute_of_each_reason_and_connection(saml, organization):
    other = live_connection(organization)
    for connection, reason in [(saml, "xml"), (saml, "xml"), (saml, "audience"), (other, "xml")] * 3:
        keep_refused(connection, flow(connection, "sign_in"), checks(), reason=reason)
    lines = Entry.objects.filter(verb="connection.answer_refused")
    assert sorted(lines.values_list("subject_id", "after__reason")) == sorted(
        [(saml.pk, "xml"), (saml.pk, "audience"), (other.pk, "xml")]
    )
    Throttle.objects.update(window_ends_at=timezone.now())
    keep_refused(saml, flow(saml, "sign_in"), checks(), reason="xml")
    assert lines.count() == 4


@pytest.mark.parametrize(("purpose", "days"), [("test", 30), ("sign_in", 7)])
def test_tests_stay_30_days_and_refused_sign_ins_7(saml, purpose, days):
    for age in (days - 1, days + 1):
        made = keep_refused(saml, flow(saml, purpose), checks(), reason="xml")
        JudgedAnswer.objects.filter(pk=made.pk).update(at=timezone.now() - timedelta(days=age))
    for rule in known_rules():
        if JudgedAnswer in rule.models:
            rule.step(None)
    assert JudgedAnswer.objects.count() == 1


def test_the_page_shows_each_check_what_came_the_certificate_and_the_answer(olga, saml):
    key = saml.certificates.get()
    kept = keep_passed(
        flow(saml, "test"),
        checks(raw="<Response>here</Response>", signed_by=key.fingerprint),
        Answer(subject="s", values={"mail": ("ada@nordlicht.example",)}),
    )
    address = f"{CONSOLE}{saml.public_id}/answers/{kept.public_id}/"
    page = olga.get(address).content.decode()
    for words in (
        "It is XML as it should be",
        "Expected and seen:",
        "ada@nordlicht.example",
        key.fingerprint,
    ):
        assert words in page
    assert "&lt;Response&gt;here&lt;/Response&gt;" in page
    assert "signed with a certificate that ended" not in page
    saml.certificates.update(ends_at=timezone.now() - timedelta(days=2))
    assert "signed with a certificate that ended" in olga.get(address).content.decode()


def test_tests_and_refused_sign_ins_are_listed_apart_with_their_references(olga, saml):
    refused = keep_refused(saml, flow(saml, "sign_in"), checks(), reason="xml")
    tested = keep_passed(flow(saml, "test"), checks(), Answer(subject="s"))
    page = olga.get(f"{CONSOLE}{saml.public_id}/").content.decode()
    before, after = page.split("Sign-ins that were refused in the last 7 days")
    assert tested.reference in before
    assert refused.reference in after


def test_of_xml_no_signature_and_no_cipher_is_kept():
    root = minting.signed("both")
    value = root.find(f".//{{{minting.DSIG}}}SignatureValue").text
    shown = readable_xml(minting.written(root))
    assert value not in shown
    assert minting.ADA in shown
    assert shown.count("SignatureValue") == 4
    encrypted = minting.written(minting.encrypt(minting.signed()))
    assert len(readable_xml(encrypted)) < len(encrypted) / 2


@pytest.mark.parametrize(
    "raw", [b"", b"\0\xff<SignatureValue>abc", b"<a>" * 50_000, b"<SignatureValue" * 9000]
)
def test_whatever_came_can_be_kept(saml, raw):
    shown = readable_xml(raw)
    assert "\0" not in shown
    assert "abc" not in shown
    assert len(shown) <= LONGEST + 1
    keep_refused(saml, flow(saml, "sign_in"), checks(raw=shown), reason="xml")


def test_of_an_id_token_header_and_claims_are_kept_and_no_signature():
    token = providers.make_token()
    shown = readable_token(token)
    told = json.loads(shown)
    assert (told["header"]["alg"], told["claims"]["sub"]) == ("RS256", "ada-1")
    assert token.rpartition(".")[2] not in shown


@pytest.mark.parametrize("token", ["", ".", "a.b.c.d", "%%%.x", "eyJ.eyJ", providers.b64(b"[" * 9000) + ".x"])
def test_a_token_that_is_none_can_be_kept(token):
    assert json.loads(readable_token(token))["signature"] == "…"


def test_the_owner_reads_who_was_refused_and_what_to_do_and_not_what_the_person_was_told(olga, saml, ada):
    Connection.objects.update(state="live", tested_at=timezone.now())
    linked = link_identity(connection=saml, subject="s-ada", account=ada)
    end_for_company(identity=linked, actor=ada)
    asserted = AssertedIdentity(saml, "s-ada", "ada@nordlicht.example", "Ada", timezone.now())
    refusal = EndedByCompany()
    kept = keep_refused(
        saml,
        flow(saml, "sign_in"),
        Checks(),
        reason=refusal.code,
        words=str(refusal),
        asserted=asserted,
    )
    page = olga.get(f"{CONSOLE}{saml.public_id}/answers/{kept.public_id}/").content.decode()
    for said in ("s-ada", "ada@nordlicht.example", "Ada", "Let it be linked again", "Your company ended"):
        assert said in page
    assert "log in with your own e-mail" not in page
    assert "ada@nordlicht.example" in olga.get(f"{CONSOLE}{saml.public_id}/").content.decode()
    allow_again(identity=linked, actor=ada)
    page = olga.get(f"{CONSOLE}{saml.public_id}/answers/{kept.public_id}/").content.decode()
    assert ">Let it be linked again<" not in page
