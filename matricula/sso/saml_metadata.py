"""Identity providers as their metadata describes them (SAML 2.0 Metadata, 2), and as we keep them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from matricula.security.networks import has_plain_host
from matricula.sso.answers import AnswerRefused, Checks
from matricula.sso.saml_assertions import read_instant
from matricula.sso.saml_errors import (
    CertificateTooWeak,
    CertificateUnreadable,
    IdentityProviderNotThere,
    MetadataExpired,
    NoIdentityProvider,
    NoSigningCertificate,
    NoSignOnAddress,
    SeveralIdentityProviders,
)
from matricula.sso.x509_certificates import X509Certificate, read_certificate
from matricula.sso.xml_documents import METADATA, PROTOCOL, SIGNATURE, Element, read_metadata, read_text

REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
BINDINGS = (REDIRECT, POST)
DISPLAYED = (
    "{urn:oasis:names:tc:SAML:metadata:ui}DisplayName",
    METADATA + "OrganizationDisplayName",
    METADATA + "OrganizationName",
)
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
LOOPBACK = ("127.0.0.1", "::1", "localhost")
LONGEST_ENTITY_ID = 1024
"""Bytes (Core, 8.3.6)."""
MOST_CERTIFICATES = 10
"""Of one provider: an answer is tried with each, and nobody announces more than two or three."""


@dataclass(frozen=True)
class ListedProvider:
    """One line of the list from which an administrator chooses."""

    entity_id: str
    name: str


@dataclass(frozen=True)
class IdentityProvider:
    """All that we believe of one: who it is, where a browser is led, what it signs with."""

    entity_id: str
    name: str
    endpoints: Mapping[str, str]
    """Single sign-on addresses by binding."""
    certificates: tuple[X509Certificate, ...]
    wants_signed_requests: bool = False
    """It says so; ours are not signed, so it may refuse them. The connection's page warns of that."""

    def to_json(self) -> dict[str, Any]:
        return {
            "entity_id": self.entity_id,
            "name": self.name,
            "endpoints": dict(self.endpoints),
            "certificates": [certificate.to_text() for certificate in self.certificates],
            "wants_signed_requests": self.wants_signed_requests,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "IdentityProvider":
        """What `to_json` told. Raises KeyError, or as read_certificate does, for anything else."""
        return cls(
            entity_id=kept["entity_id"],
            name=kept["name"],
            endpoints=dict(kept["endpoints"]),
            certificates=tuple(read_certificate(text) for text in kept["certificates"]),
            wants_signed_requests=kept["wants_signed_requests"],
        )


def list_identity_providers(raw: bytes) -> tuple[ListedProvider, ...]:
    """Whom a metadata document describes: that of a federation, thousands (Metadata, 2.3.1).

    Raises UnreadableXML, or NoIdentityProvider.
    """
    listed = tuple(
        ListedProvider(entity.get("entityID", ""), read_name(entity))
        for entity in find_entities(read_metadata(raw))
    )
    if not listed:
        raise NoIdentityProvider
    return listed


def read_identity_provider(raw: bytes, *, now: datetime, entity_id: str = "") -> IdentityProvider:
    """The one that was chosen, or the only one (Metadata, 2.3.2 and 2.4.3). Its signature is not looked at.

    Raises UnreadableXML, NoIdentityProvider, SeveralIdentityProviders, IdentityProviderNotThere,
    MetadataExpired, NoSignOnAddress, NoSigningCertificate, CertificateUnreadable or CertificateTooWeak.
    """
    entity = choose_entity(list(find_entities(read_metadata(raw))), entity_id)
    descriptor: Element = find_descriptor(entity)
    refuse_expired([*entity.iterancestors(), entity, descriptor], now)
    return IdentityProvider(
        entity_id=entity.get("entityID"),
        name=read_name(entity),
        endpoints=read_endpoints(descriptor),
        certificates=read_certificates(descriptor),
        wants_signed_requests=descriptor.get("WantAuthnRequestsSigned") in ("true", "1"),
    )


def find_entities(root: Element) -> Iterator[Element]:
    """Those that speak SAML 2.0 as identity providers, however deeply they are grouped."""
    for entity in root.iter(METADATA + "EntityDescriptor"):
        if (
            0 < len(entity.get("entityID", "").encode()) <= LONGEST_ENTITY_ID
            and find_descriptor(entity) is not None
        ):
            yield entity


def find_descriptor(entity: Element) -> Element | None:
    for descriptor in entity.iterfind(METADATA + "IDPSSODescriptor"):
        if PROTOCOL[1:-1] in descriptor.get("protocolSupportEnumeration", "").split():
            return descriptor
    return None


def choose_entity(entities: list[Element], entity_id: str) -> Element:
    if not entities:
        raise NoIdentityProvider
    if not entity_id and len(entities) > 1:
        raise SeveralIdentityProviders
    chosen = [entity for entity in entities if entity_id in ("", entity.get("entityID"))]
    if len(chosen) != 1:
        raise IdentityProviderNotThere
    return chosen[0]


def refuse_expired(elements: list[Element], now: datetime) -> None:
    """What ends at one level ends for all within (Metadata, 2.3.1 and 2.3.2)."""
    try:
        for element in elements:
            if (
                "validUntil" in element.attrib
                and read_instant(element.get("validUntil"), "", Checks()) <= now
            ):
                raise MetadataExpired
    except AnswerRefused as error:
        raise MetadataExpired from error


def read_name(entity: Element) -> str:
    """What people call it: in English, if that is said; else the entityID."""
    for tag in DISPLAYED:
        named = [(one.get(LANGUAGE, ""), read_text(one)) for one in entity.iter(tag) if read_text(one)]
        if named:
            return min(named, key=lambda one: not one[0].startswith("en"))[1]
    return str(entity.get("entityID", ""))


def read_endpoints(descriptor: Element) -> dict[str, str]:
    """The first address of each binding that we can use (Metadata, 2.2.2 and 2.4.3)."""
    endpoints: dict[str, str] = {}
    for service in descriptor.iterfind(METADATA + "SingleSignOnService"):
        binding, location = service.get("Binding", ""), service.get("Location", "").strip()
        if binding in BINDINGS and is_address(location):
            endpoints.setdefault(binding, location)
    if not endpoints:
        raise NoSignOnAddress
    return endpoints


def is_address(location: str) -> bool:
    """A browser is led there: https, or this very machine (a provider to play with)."""
    try:
        parts = urlsplit(location)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    plain = location.isascii() and location.isprintable() and not set(location) & set(" \"'<>\\")
    allowed = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
    return plain and allowed and has_plain_host(parts.netloc) and not parts.fragment


def read_certificates(descriptor: Element) -> tuple[X509Certificate, ...]:
    """Those for signing, or for any use (Metadata, 2.4.1.1). A useless one beside a good one is left out."""
    found: dict[str, X509Certificate] = {}
    flaws: list[CertificateUnreadable | CertificateTooWeak] = []
    for key in descriptor.iterfind(METADATA + "KeyDescriptor"):
        if key.get("use", "signing") != "signing":
            continue
        for data in key.iterfind(f"{SIGNATURE}KeyInfo/{SIGNATURE}X509Data"):
            # What follows the first is the chain above it: the keys of authorities sign no answers.
            try:
                certificate = read_certificate(read_text(data.find(SIGNATURE + "X509Certificate")))
                found.setdefault(certificate.fingerprint, certificate)
            except (CertificateUnreadable, CertificateTooWeak) as flaw:
                flaws.append(flaw)
    if not found:
        raise flaws[0] if flaws else NoSigningCertificate
    return tuple(found.values())[:MOST_CERTIFICATES]
