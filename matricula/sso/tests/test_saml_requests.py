"""What we ask an identity provider, and how the browser carries it there."""

import base64
import zlib
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import etree

from matricula.sso.saml_metadata import POST, REDIRECT, IdentityProvider
from matricula.sso.saml_requests import (
    AuthnRequest,
    address_request,
    make_relay_state,
    write_request,
    write_service_provider,
)
from matricula.sso.tests.minting import (
    ACS,
    AUDIENCE,
    ISSUER,
    NOW,
    PERSISTENT,
    certificate,
)
from matricula.sso.xml_documents import ASSERTION, METADATA, PROTOCOL, SIGNATURE, read_message

SIGN_ON = "https://login.acme.example/sso"
STATE = "AbCdEfGhIjKlMnOpQrStU_"
ASKED = AuthnRequest(id="_" + "5e" * 32, issuer=AUDIENCE, acs=ACS, issued_at=NOW)
PROVIDER = IdentityProvider(
    entity_id=ISSUER, name="ACME", endpoints={REDIRECT: SIGN_ON, POST: SIGN_ON + "/post"}, certificates=()
)


def unpacked(address: str):
    query = parse_qs(urlsplit(address).query, strict_parsing=True)
    message = zlib.decompress(base64.b64decode(query["SAMLRequest"][0], validate=True), wbits=-15)
    return read_message(message), query


class TestRequest:
    def test_it_asks_for_no_more_than_it_must(self):
        root = read_message(write_request(ASKED, SIGN_ON))
        assert root.tag == PROTOCOL + "AuthnRequest"
        assert dict(root.attrib) == {
            "ID": ASKED.id,
            "Version": "2.0",
            "IssueInstant": "2027-03-01T09:00:00Z",
            "Destination": SIGN_ON,
            "AssertionConsumerServiceURL": ACS,
            "ProtocolBinding": POST,
        }
        assert [(child.tag, child.text) for child in root] == [(ASSERTION + "Issuer", AUDIENCE)]

    def test_it_asks_for_more_where_an_administrator_wants_it(self):
        asked = replace(ASKED, force_authn=True, name_id_format=PERSISTENT, authn_context="urn:mfa")
        root = read_message(write_request(asked, SIGN_ON))
        assert root.get("ForceAuthn") == "true"
        assert dict(root.find(PROTOCOL + "NameIDPolicy").attrib) == {
            "Format": PERSISTENT,
            "AllowCreate": "true",
        }
        assert root.find(PROTOCOL + "RequestedAuthnContext").get("Comparison") == "exact"
        assert root.findtext(f".//{ASSERTION}AuthnContextClassRef") == "urn:mfa"


class TestProviderRedirect:
    def test_by_redirect_it_is_one_short_address(self):
        leads = address_request(ASKED, PROVIDER, STATE)
        root, query = unpacked(leads.address)
        assert leads.fields == {}
        assert leads.address.startswith(f"{SIGN_ON}?SAMLRequest=")
        assert (root.get("ID"), root.get("Destination")) == (ASKED.id, SIGN_ON)
        assert query["RelayState"] == [STATE]
        assert len(leads.address) < 700

    def test_an_address_that_has_a_query_keeps_it(self):
        provider = replace(PROVIDER, endpoints={REDIRECT: f"{SIGN_ON}?tenant=a%26b"})
        _, query = unpacked(address_request(ASKED, provider, STATE).address)
        assert query["tenant"] == ["a&b"]
        assert set(query) == {"tenant", "SAMLRequest", "RelayState"}

    def test_where_there_is_no_redirect_a_form_is_posted(self):
        leads = address_request(ASKED, replace(PROVIDER, endpoints={POST: SIGN_ON + "/post"}), STATE)
        assert leads.address == SIGN_ON + "/post"
        assert set(leads.fields) == {"SAMLRequest", "RelayState"}
        root = read_message(base64.b64decode(leads.fields["SAMLRequest"], validate=True))
        assert root.get("Destination") == leads.address

    @pytest.mark.parametrize(
        "state", ["", "short", STATE + "x", "https://evil.example/x", STATE[:-1] + "é", STATE + "\n"]
    )
    def test_a_relay_state_means_nothing_outside(self, state):
        with pytest.raises(ValueError, match="RelayState"):
            address_request(ASKED, PROVIDER, state)

    def test_a_relay_state_that_we_make_is_taken(self):
        assert parse_qs(urlsplit(address_request(ASKED, PROVIDER, make_relay_state()).address).query)


class TestOwnMetadata:
    def test_it_names_one_address_for_answers_and_nothing_else(self):
        root = etree.fromstring(write_service_provider(AUDIENCE, ACS))
        assert root.get("entityID") == AUDIENCE
        (ours,) = root
        assert dict(ours.attrib) == {
            "AuthnRequestsSigned": "false",
            "WantAssertionsSigned": "true",
            "protocolSupportEnumeration": PROTOCOL[1:-1],
        }
        (service,) = ours
        assert service.tag == METADATA + "AssertionConsumerService"
        assert dict(service.attrib) == {"Binding": POST, "Location": ACS, "index": "0", "isDefault": "true"}

    def test_with_encryption_switched_on_it_has_our_keys(self):
        both = (certificate("ours"), certificate("next"))
        root = etree.fromstring(write_service_provider(AUDIENCE, ACS, encryption_certificates=both))
        keys = root.findall(f".//{METADATA}KeyDescriptor")
        assert [one.get("use") for one in keys] == ["encryption", "encryption"]
        assert [one.findtext(f".//{SIGNATURE}X509Certificate") for one in keys] == [
            one.to_text() for one in both
        ]
        methods = [one.get("Algorithm") for one in keys[0].findall(METADATA + "EncryptionMethod")]
        assert methods[0].endswith("aes256-gcm")
        assert methods[-1].endswith("rsa-oaep-mgf1p")
        assert not any("rsa-1_5" in one for one in methods)

    def test_addresses_are_written_as_xml_wants_them(self):
        root = etree.fromstring(write_service_provider('https://x.example/?a=1&b="<', ACS))
        assert root.get("entityID") == 'https://x.example/?a=1&b="<'
