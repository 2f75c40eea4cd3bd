"""Bruno brings his company's metadata, by upload or paste, in whatever form its provider writes it."""

import base64
import json
import time
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import serialization

from matricula.sso import saml_errors as errors
from matricula.sso.saml_metadata import (
    POST,
    REDIRECT,
    IdentityProvider,
    ListedProvider,
    list_identity_providers,
    read_identity_provider,
)
from matricula.sso.tests.minting import DSIG, ISSUER, NOW, at, certificate
from matricula.sso.x509_certificates import X509Certificate, read_certificate
from matricula.sso.xml_documents import METADATA, PROTOCOL

MDUI = "urn:oasis:names:tc:SAML:metadata:ui"
SIGN_ON = "https://login.acme.example/sso"


def key(name: str = "acme", use: str = 'use="signing"', shown: str = "") -> str:
    shown = shown or certificate(name).to_text()
    return (
        f"<KeyDescriptor {use}><ds:KeyInfo><ds:X509Data><ds:X509Certificate>\n{shown}\n</ds:X509Certificate>"
        "</ds:X509Data></ds:KeyInfo></KeyDescriptor>"
    )


def service(binding: str = REDIRECT, location: str = SIGN_ON) -> str:
    return f'<SingleSignOnService Binding="{binding}" Location="{location}"/>'


def entity(
    entity_id: str = ISSUER,
    *,
    keys: str | None = None,
    services: str | None = None,
    protocols: str = PROTOCOL[1:-1],
    attributes: str = "",
    on_entity: str = "",
    extensions: str = "",
    after: str = "",
) -> str:
    return (
        f'<EntityDescriptor xmlns="{METADATA[1:-1]}" xmlns:ds="{DSIG}" xmlns:mdui="{MDUI}" '
        f'entityID="{entity_id}" {on_entity}>'
        f'<IDPSSODescriptor protocolSupportEnumeration="{protocols}" {attributes}>{extensions}'
        f"{key() if keys is None else keys}<NameIDFormat>urn:x</NameIDFormat>"
        f"{service() if services is None else services}</IDPSSODescriptor>{after}</EntityDescriptor>"
    )


def group(*entities: str, on_group: str = "") -> str:
    return f'<EntitiesDescriptor xmlns="{METADATA[1:-1]}" {on_group}>{"".join(entities)}</EntitiesDescriptor>'


def read(text: str | bytes, entity_id: str = "") -> IdentityProvider:
    raw = text if isinstance(text, bytes) else text.encode()
    return read_identity_provider(raw, now=NOW, entity_id=entity_id)


SERVICE_PROVIDER = (
    f'<EntityDescriptor xmlns="{METADATA[1:-1]}" entityID="urn:sp"><SPSSODescriptor '
    f'protocolSupportEnumeration="{PROTOCOL[1:-1]}"/></EntityDescriptor>'
)


class TestOneProvider:
    def test_it_is_read_as_providers_write_it(self):
        """Entra begins with a byte order mark, federations with comments and an instruction."""
        raw = b"\xef\xbb\xbf<?xml version='1.0' encoding='utf-8'?><!-- by --><?x y?>" + entity().encode()
        provider = read(raw)
        assert provider.entity_id == ISSUER
        assert provider.endpoints == {REDIRECT: SIGN_ON}
        assert provider.certificates == (certificate(),)
        assert provider.wants_signed_requests is False
        assert provider.name == ISSUER

    def test_the_certificates_of_a_rollover_are_all_read_once_each(self):
        keys = key() + key("next", use="") + key() + key("other", use='use="encryption"')
        assert read(entity(keys=keys)).certificates == (certificate(), certificate("next"))

    def test_the_key_of_the_authority_above_signs_nothing(self):
        between = "</ds:X509Certificate><ds:X509Certificate>"
        chain = f"{certificate().to_text()}{between}{certificate('next').to_text()}"
        assert read(entity(keys=key(shown=chain))).certificates == (certificate(),)

    def test_the_first_address_of_each_binding_is_taken(self):
        services = (
            service(POST, SIGN_ON + "/post")
            + service()
            + service(REDIRECT, SIGN_ON + "/2")
            + service("urn:soap")
        )
        assert read(entity(services=services)).endpoints == {POST: SIGN_ON + "/post", REDIRECT: SIGN_ON}

    def test_a_wish_for_signed_requests_is_told(self):
        assert read(entity(attributes='WantAuthnRequestsSigned="true"')).wants_signed_requests

    def test_it_is_called_what_people_call_it(self):
        names = "".join(
            f'<mdui:DisplayName xml:lang="{language}">{name}</mdui:DisplayName>'
            for language, name in (("de", "ACME Anmeldung"), ("en", "ACME"))
        )
        displayed = f"<Extensions><mdui:UIInfo>{names}</mdui:UIInfo></Extensions>"
        shown = '<OrganizationDisplayName xml:lang="fr">Acmé</OrganizationDisplayName>'
        organization = f"<Organization>{shown}</Organization>"
        assert read(entity(extensions=displayed, after=organization)).name == "ACME"
        assert read(entity(after=organization)).name == "Acmé"

    def test_what_is_kept_as_json_is_the_same_provider(self):
        provider = read(entity(keys=key() + key("p256"), services=service() + service(POST)))
        assert IdentityProvider.from_json(json.loads(json.dumps(provider.to_json()))) == provider


class TestSeveralProviders:
    FEDERATION = group(
        group(entity("urn:a")),
        SERVICE_PROVIDER,
        entity("urn:b"),
        entity("urn:b"),
        entity(protocols="urn:saml1"),
    )

    def test_those_that_speak_saml_2_are_listed_however_they_are_grouped(self):
        listed = list_identity_providers(self.FEDERATION.encode())
        assert listed == tuple(ListedProvider(name, name) for name in ("urn:a", "urn:b", "urn:b"))

    def test_one_is_chosen_by_name(self):
        assert read(self.FEDERATION, "urn:a").entity_id == "urn:a"
        with pytest.raises(errors.SeveralIdentityProviders):
            read(self.FEDERATION)
        for name in ("urn:sp", "urn:b", ISSUER):
            with pytest.raises(errors.IdentityProviderNotThere):
                read(self.FEDERATION, name)

    def test_a_thousand_are_listed_at_once(self):
        raw = group(*(entity(f"urn:{n}", after="<x/>") for n in range(1_000))).encode()
        begun = time.process_time()
        assert len(list_identity_providers(raw)) == 1_000
        assert time.process_time() - begun < 1


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", errors.UnreadableXML),
        ("<html><body>Sign in</body></html>", errors.NoIdentityProvider),
        ("<!DOCTYPE html>" + entity(), errors.UnreadableXML),
        (SERVICE_PROVIDER, errors.NoIdentityProvider),
        (entity(""), errors.NoIdentityProvider),
        (entity("u" * 1025), errors.NoIdentityProvider),
        (entity(protocols="urn:oasis:names:tc:SAML:1.1:protocol"), errors.NoIdentityProvider),
        (entity(on_entity=f'validUntil="{at(-1)}"'), errors.MetadataExpired),
        (entity(attributes=f'validUntil="{at(0)}"'), errors.MetadataExpired),
        (entity(on_entity='validUntil="soon"'), errors.MetadataExpired),
        (group(entity(), on_group=f'validUntil="{at(-1)}"'), errors.MetadataExpired),
        (entity(services=""), errors.NoSignOnAddress),
        (entity(services=service("urn:oasis:names:tc:SAML:2.0:bindings:SOAP")), errors.NoSignOnAddress),
        (entity(keys=""), errors.NoSigningCertificate),
        (entity(keys=key(use='use="encryption"')), errors.NoSigningCertificate),
        (entity(keys=key(shown="no")), errors.CertificateUnreadable),
        (entity(keys=key("short")), errors.CertificateTooWeak),
        (entity(keys=key("p521")), errors.CertificateTooWeak),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(text, error):
    with pytest.raises(error) as caught:
        read(text)
    assert str(caught.value)


def test_metadata_counts_until_its_last_day():
    assert read(entity(on_entity=f'validUntil="{at(1)}"')).entity_id == ISSUER


@pytest.mark.parametrize(
    "location",
    [
        "",
        "/sso",
        "http://login.acme.example/sso",
        "http://127.0.0.1.evil.example/",
        "javascript:alert(1)",
        "https://",
        "https://ada:secret@login.acme.example/",
        "https://login.acme.example/#top",
        "https://login.acme.example/a b",
        "https://login.acme.example/&quot;&gt;",
        "https://login.acme.example\\@evil.example/",
        "https://login.acme.example:port/",
        "https://[::1/",
        "https://lögin.example/",
        "https://login.acme.example;sandbox;script-src/sso",
        "https://login.acme.example,evil.example/sso",
        "https://*.example/sso",
        "https://login_acme&apos;self&apos;/sso",
        "https://@login.acme.example/sso",
        "https://login.acme.example:/sso",
    ],
)
def test_a_browser_is_led_only_to_plain_addresses_by_https(location):
    with pytest.raises(errors.NoSignOnAddress):
        read(entity(services=service(location=location)))


@pytest.mark.parametrize(
    "location", ["http://127.0.0.1:8000/_idp/", "http://localhost:7000/sso", "http://[::1]/"]
)
def test_a_provider_on_this_machine_needs_no_https(location):
    assert read(entity(services=service(location=location))).endpoints == {REDIRECT: location}


def test_useless_certificates_beside_a_good_one_are_passed_over():
    keys = key(shown="no") + key("short") + key("next")
    assert read(entity(keys=keys)).certificates == (certificate("next"),)


class TestCertificates:
    def test_it_is_read_as_people_paste_it(self):
        wanted = certificate()
        pem = wanted.loaded.public_bytes(serialization.Encoding.PEM).decode()
        for text in (
            pem,
            pem.replace("\n", "\r\n"),
            f"subject=acme\n{pem}\n",
            wanted.to_text(),
            f" {wanted.to_text()}\n",
        ):
            assert read_certificate(text) == wanted

    def test_it_tells_its_fingerprint_and_its_dates(self):
        ended = certificate(ended=True)
        assert len(ended.fingerprint) == 64
        assert ended.not_before < ended.not_after == NOW - timedelta(days=1000)
        assert ended.signs_with == "rsa"
        assert certificate("p384").signs_with == "ecdsa"

    @pytest.mark.parametrize("text", ["", "no", "é", "AAAA", base64.b64encode(bytes(900)).decode()])
    def test_anything_else_is_refused(self, text):
        with pytest.raises(errors.CertificateUnreadable):
            read_certificate(text)

    def test_every_cut_of_one_is_refused(self):
        der = certificate().der
        for length in range(0, len(der), 7):
            with pytest.raises(errors.CertificateUnreadable):
                read_certificate(base64.b64encode(der[:length]).decode())

    @pytest.mark.parametrize("name", ["short", "p521"])
    def test_keys_that_are_not_accepted_are_refused(self, name):
        with pytest.raises(errors.CertificateTooWeak):
            read_certificate(certificate(name).to_text())
        assert X509Certificate(certificate(name).der).signs_with == ""
