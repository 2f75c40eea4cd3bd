"""Ada comes back from her company's sign-in: what its answers look like, and what is no answer."""

import base64
import copy
import time

import pytest
from lxml import etree

from matricula.sso.answers import AnswerRefused
from matricula.sso.saml_assertions import AttributeNames
from matricula.sso.saml_responses import judge_response, read_in_response_to
from matricula.sso.tests.judging import believed, expect, refused
from matricula.sso.tests.minting import (
    ACS,
    ADA,
    AUDIENCE,
    NOW,
    PERSISTENT,
    REQUEST,
    TRANSIENT,
    assertion_of,
    at,
    attribute,
    encrypt,
    private_key,
    response,
    sign,
    signed,
    written,
)
from matricula.sso.xml_documents import ASSERTION, PROTOCOL

CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"


class TestShapesOfProviders:
    """As each of them writes: what it signs, how it names people, which attributes it sends."""

    @pytest.mark.parametrize("which", ["assertion", "response"])
    def test_google_signs_one_or_the_other(self, which):
        judged = believed(signed(which, attributes=attribute("email", ADA)))
        assert (judged.answer.subject, judged.assertion_id, judged.in_response_to) == (ADA, "_a1", REQUEST)

    def test_simplesamlphp_signs_both_and_may_encrypt(self):
        transient = f'<a:NameID SPNameQualifier="{AUDIENCE}" Format="{TRANSIENT}">_0a</a:NameID>'
        values = attribute("uid", "ada") + attribute("email", ADA) + attribute("cn", "Ada Lovelace")
        names = AttributeNames(subject="uid", email="email", full_name="cn")
        root = signed("both", name_id=transient, attributes=values)
        answer = believed(root, attributes=names).answer
        assert (answer.subject, answer.email, answer.full_name) == ("ada", ADA, "Ada Lovelace")
        root = sign(encrypt(signed(name_id=transient, attributes=values)))
        assert (
            believed(root, attributes=names, decryption_keys=(private_key("ours"),)).answer.subject == "ada"
        )

    def test_keycloak_repeats_the_attribute_of_roles(self):
        values = (
            attribute("Role", "offline_access") + attribute("Role", "staff") + attribute("Role", "editor")
        )
        name_id = f'<a:NameID Format="{PERSISTENT}">G-7b1d</a:NameID>'
        judged = believed(
            signed("both", name_id=name_id, attributes=values), attributes=AttributeNames(groups="Role")
        )
        assert judged.answer.groups == ("offline_access", "staff", "editor")
        assert judged.name_id_format == PERSISTENT

    def test_entra_names_attributes_by_addresses_and_writes_seven_digits_of_a_second(self):
        values = attribute("http://schemas.microsoft.com/identity/claims/objectidentifier", "0f-1")
        values += attribute(f"{CLAIMS}/name", ADA) + attribute(f"{CLAIMS}/emailaddress", ADA)
        root = response(
            window='NotBefore="2027-03-01T08:55:00.1234567Z" NotOnOrAfter="2027-03-01T10:00:00.1234567Z"',
            confirmed_until='NotOnOrAfter="2027-03-01T10:00:00.1234567Z"',
            attributes=values,
        )
        for issuer in root.iter(ASSERTION + "Issuer"):
            issuer.text = "https://sts.windows.net/0f/"
        sign(assertion_of(root))
        names = AttributeNames(
            subject="http://schemas.microsoft.com/identity/claims/objectidentifier",
            email=f"{CLAIMS}/emailaddress",
        )
        judged = believed(root, issuer="https://sts.windows.net/0f/", attributes=names)
        assert (judged.answer.subject, judged.answer.email) == ("0f-1", ADA)

    def test_adfs_sends_a_name_id_without_format_and_its_clock_is_a_little_ahead(self):
        root = signed(
            name_id="<a:NameID>ACME\\ada</a:NameID>",
            window=f'NotBefore="{at(40)}" NotOnOrAfter="{at(3640)}"',
            instant=f'AuthnInstant="{at(40)}"',
            attributes=attribute(f"{CLAIMS}/emailaddress", ADA),
        )
        judged = believed(root, attributes=AttributeNames(email=f"{CLAIMS}/emailaddress"))
        assert (judged.answer.subject, judged.name_id_format, judged.answer.email) == ("ACME\\ada", "", ADA)

    def test_pysaml2_sends_friendly_names_beside_and_extensions_are_passed_over(self):
        friendly = (
            '<a:Attribute Name="urn:oid:0.9.2342.19200300.100.1.3" FriendlyName="mail">'
            f"<a:AttributeValue>{ADA}</a:AttributeValue></a:Attribute>"
        )
        judged = believed(signed(attributes=friendly, extensions="<p:Extensions><x/></p:Extensions>"))
        assert judged.answer.values == {"urn:oid:0.9.2342.19200300.100.1.3": (ADA,)}


class TestUnsolicited:
    """An answer that nobody asked for here: from a tile on the company's own start page (Profiles, 4.1.5)."""

    NOT_ASKED = {"in_response_to": "", "confirmed": ""}

    def test_it_opens_nothing_unless_the_connection_allows_it(self):
        assert refused(signed(**self.NOT_ASKED), request_id="") == "in_response_to"
        judged = believed(signed(**self.NOT_ASKED), request_id="", may_be_unsolicited=True)
        assert judged.in_response_to == ""

    def test_one_that_names_a_request_is_not_unsolicited(self):
        assert refused(signed(), request_id="", may_be_unsolicited=True) == "in_response_to"
        half = signed(in_response_to="")
        assert refused(half, request_id="", may_be_unsolicited=True) == "confirmation_in_response_to"

    def test_an_empty_request_is_not_the_request_that_nobody_made(self):
        empty = {"in_response_to": 'InResponseTo=""', "confirmed": 'InResponseTo=""'}
        assert refused(signed(**empty), request_id="") == "in_response_to"

    def test_the_request_is_read_to_look_for_the_flow(self):
        assert read_in_response_to(written(response())) == REQUEST
        assert read_in_response_to(written(response(**self.NOT_ASKED))) == ""
        with pytest.raises(AnswerRefused, match="xml_doctype"):
            read_in_response_to(b"<!DOCTYPE a><a/>")


class TestWhatIsNoAnswer:
    @pytest.mark.parametrize("code", ["Requester", "Responder", "VersionMismatch"])
    def test_a_failure_there_is_told_as_such_signed_or_not(self, code):
        status = (
            f'<p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:{code}"><p:StatusCode '
            'Value="urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"/></p:StatusCode>'
        )
        root = signed(status=status)
        etree.SubElement(root.find(PROTOCOL + "Status"), PROTOCOL + "StatusMessage").text = "Cancelled by Ada"
        root.remove(assertion_of(root))
        with pytest.raises(AnswerRefused) as caught:
            judge_response(written(root), expected=expect())
        assert caught.value.code == "status"
        assert caught.value.checks[-1].seen.endswith("status:AuthnFailed Cancelled by Ada")
        assert refused(signed(status=status)) == "status"

    def test_success_below_a_failure_is_none(self):
        status = (
            '<p:StatusCode Value="urn:x"><p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/>'
            "</p:StatusCode>"
        )
        assert refused(signed(status=status)) == "status"
        assert refused(signed(status="")) == "status"

    def test_a_response_without_assertion_is_none(self):
        root = response()
        root.remove(assertion_of(root))
        assert refused(sign(root)) == "one_assertion"

    @pytest.mark.parametrize("version", ["1.1", "2", ""])
    def test_another_version_is_none(self, version):
        root = response()
        root.set("Version", version)
        assert refused(sign(root)) == "version"

    @pytest.mark.parametrize(
        ("found", "put", "code"),
        [
            (b"ada@acme.example</a:NameID>", b"ada@acme.example<!--x--></a:NameID>", "xml_comment"),
            (
                b"ada@acme.example</a:NameID>",
                b"ada@acme.example<!---->.evil.example</a:NameID>",
                "xml_comment",
            ),
            (b"ada@acme.example</a:NameID>", b"ada@acme.example<?x y?></a:NameID>", "xml_instruction"),
            (b">ada@acme.example</a:NameID>", b"><![CDATA[ada@acme.example]]></a:NameID>", "xml_cdata"),
            (b"<p:Response", b'<!DOCTYPE x [<!ENTITY e "boo">]><p:Response', "xml_doctype"),
            (
                b"<p:Response",
                b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><p:Response',
                "xml_doctype",
            ),
            (b">ada@acme.example</a:NameID>", b">&e;</a:NameID>", "xml_malformed"),
            (b"</p:Response>", b"", "xml_malformed"),
            (b"<p:Response", b'<?xml version="1.0" encoding="utf-16"?><p:Response', "xml_declaration"),
        ],
    )
    @pytest.mark.parametrize("which", ["assertion", "both"])
    def test_what_readers_read_differently_is_none(self, which, found, put, code):
        raw = written(signed(which))
        assert found in raw
        assert refused(raw.replace(found, put, 1)) == code

    @pytest.mark.parametrize("node", [etree.Comment("c"), etree.ProcessingInstruction("x", "y")])
    def test_a_provider_that_signs_a_split_name_is_refused_too(self, node):
        root = response()
        node = copy.copy(node)
        node.tail = ".evil.example"
        next(root.iter(ASSERTION + "NameID")).append(node)
        sign(assertion_of(root))
        assert refused(root) in ("xml_comment", "xml_instruction")

    def test_five_megabytes_are_not_read(self):
        root = signed(attributes="".join(attribute(f"g{n}", "x" * 200) for n in range(20_000)))
        begun = time.process_time()
        raw = written(root)
        assert refused(raw) == "xml_size"
        assert time.process_time() - begun < 0.5

    @pytest.mark.parametrize("raw", [b"", b"\xff", b"{}", b"<a/>", base64.b64encode(written(response()))])
    def test_anything_else_is_none(self, raw):
        assert refused(raw) in ("xml_malformed", "xml_encoding", "response")


class TestWhatIsToldOfTheChecks:
    def test_all_that_was_looked_at_is_told_in_order(self):
        """Pages and the history of answers know each by its code: none is renamed by accident."""
        asked = {"attributes": AttributeNames(subject="email"), "signed_in_since": NOW}
        checks = believed(signed("both", session=f'SessionNotOnOrAfter="{at(600)}"'), **asked).checks
        assert all(check.passed for check in checks)
        signature = "signature_shape signature_transforms signature_algorithm digest_algorithm"
        signature += " signature_reference signature"
        assert " ".join(check.code for check in checks) == (
            "xml response version status one_assertion encrypted_assertion signature_place "
            f"{signature} {signature} signed destination in_response_to response_issuer "
            "assertion_version assertion_id issuer one_subject "
            "bearer confirmation_data recipient confirmation_in_response_to confirmation_not_before "
            "confirmation_not_on_or_after conditions unknown_condition not_before not_on_or_after audience "
            "authn_statement authn_instant signed_in_anew session_not_on_or_after subject_attribute subject"
        )

    def test_a_refusal_tells_what_was_expected_and_what_came(self):
        elsewhere = "https://learn.example/sso/other/entra/acs"
        with pytest.raises(AnswerRefused) as caught:
            believed(signed(recipient=f'Recipient="{elsewhere}"'))
        last = caught.value.checks[-1]
        assert (last.code, last.expected, last.seen) == ("recipient", ACS, elsewhere)
