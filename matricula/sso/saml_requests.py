"""What we say to an identity provider: a request, by the browser, and our own metadata.

Requests ask for as little as they can. RequestedAuthnContext shuts out passkeys and Windows sign-in at Entra
(AADSTS75011), NameIDPolicy makes ADFS refuse; neither is sent unless an administrator asks for it.
"""

import base64
import re
import secrets
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlencode

from lxml import etree

from matricula.sso.saml_metadata import POST, REDIRECT, IdentityProvider
from matricula.sso.x509_certificates import X509Certificate
from matricula.sso.xml_documents import ASSERTION, METADATA, PROTOCOL, SIGNATURE, Element
from matricula.sso.xml_encryption import CBC, GCM, OAEP_MGF1_SHA1

PREFIXES = {"samlp": PROTOCOL[1:-1], "saml": ASSERTION[1:-1]}
OURS = {"md": METADATA[1:-1], "ds": SIGNATURE[1:-1]}
RELAY_STATE = re.compile(r"[A-Za-z0-9_-]{22}")
"""128 bits: far below the 80 bytes of Bindings 3.4.3, and never an address."""


@dataclass(frozen=True)
class AuthnRequest:
    """A question to be put once (Core, 3.4.1; Profiles, 4.1.4.1)."""

    id: str
    issuer: str
    """Our entityID."""
    acs: str
    issued_at: datetime
    force_authn: bool = False
    """Ask the person to prove anew who they are, even if they have a session there."""
    name_id_format: str = ""
    authn_context: str = ""
    """A class of sign-in that is wanted exactly (Core, 3.3.2.2.1)."""


@dataclass(frozen=True)
class ProviderRedirect:
    """Where the browser goes. With `fields`, by a form that is posted; else by a link."""

    address: str
    fields: Mapping[str, str] = field(default_factory=dict)


def make_relay_state() -> str:
    """22 characters that mean nothing outside."""
    return secrets.token_urlsafe(16)


def write_request(request: AuthnRequest, destination: str) -> bytes:
    """The AuthnRequest as XML (Core, 3.4.1), not signed."""
    attributes = {
        "ID": request.id,
        "Version": "2.0",
        "IssueInstant": write_instant(request.issued_at),
        "Destination": destination,
        "AssertionConsumerServiceURL": request.acs,
        "ProtocolBinding": POST,
    }
    if request.force_authn:
        attributes["ForceAuthn"] = "true"
    root = etree.Element(PROTOCOL + "AuthnRequest", attributes, nsmap=PREFIXES)
    add(root, ASSERTION + "Issuer", request.issuer)
    if request.name_id_format:
        add(root, PROTOCOL + "NameIDPolicy", Format=request.name_id_format, AllowCreate="true")
    if request.authn_context:
        wanted = add(root, PROTOCOL + "RequestedAuthnContext", Comparison="exact")
        add(wanted, ASSERTION + "AuthnContextClassRef", request.authn_context)
    return bytes(etree.tostring(root))


def address_request(request: AuthnRequest, provider: IdentityProvider, relay_state: str) -> ProviderRedirect:
    """By HTTP-Redirect (Bindings, 3.4) where the provider takes it, else by HTTP-POST (Bindings, 3.5)."""
    if not RELAY_STATE.fullmatch(relay_state):
        raise ValueError("a RelayState is 22 characters that mean nothing")
    if REDIRECT in provider.endpoints:
        return redirect_request(request, provider.endpoints[REDIRECT], relay_state)
    address = provider.endpoints[POST]
    message = base64.b64encode(write_request(request, address)).decode()
    return ProviderRedirect(address, {"SAMLRequest": message, "RelayState": relay_state})


def redirect_request(request: AuthnRequest, location: str, relay_state: str) -> ProviderRedirect:
    """DEFLATE without a header of zlib, then base64, then the query (Bindings, 3.4.4.1)."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(write_request(request, location)) + packer.flush()
    query = urlencode({"SAMLRequest": base64.b64encode(packed).decode(), "RelayState": relay_state})
    return ProviderRedirect(f"{location}{'&' if '?' in location else '?'}{query}")


def write_service_provider(
    entity_id: str, acs: str, *, encryption_certificates: Sequence[X509Certificate] = ()
) -> bytes:
    """Our own metadata (Metadata, 2.4.4): one address for answers, no logout, keys only for encryption."""
    root = etree.Element(METADATA + "EntityDescriptor", {"entityID": entity_id}, nsmap=OURS)
    ours = add(
        root,
        METADATA + "SPSSODescriptor",
        AuthnRequestsSigned="false",
        WantAssertionsSigned="true",
        protocolSupportEnumeration=PROTOCOL[1:-1],
    )
    for certificate in encryption_certificates:
        add_key(ours, certificate)
    service = METADATA + "AssertionConsumerService"
    add(ours, service, Binding=POST, Location=acs, index="0", isDefault="true")
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def add_key(parent: Element, certificate: X509Certificate) -> None:
    """What may be encrypted with, and how (Metadata, 2.4.1.1): the best first."""
    descriptor = add(parent, METADATA + "KeyDescriptor", use="encryption")
    data = add(add(descriptor, SIGNATURE + "KeyInfo"), SIGNATURE + "X509Data")
    add(data, SIGNATURE + "X509Certificate", certificate.to_text())
    for algorithm in (*reversed(GCM), *reversed(CBC), OAEP_MGF1_SHA1):
        add(descriptor, METADATA + "EncryptionMethod", Algorithm=algorithm)


def add(parent: Element, name: str, text: str = "", **attributes: str) -> Element:
    child = etree.SubElement(parent, name, attributes)
    child.text = text or None
    return child


def write_instant(instant: datetime) -> str:
    """In UTC, to the second (Core, 1.3.3)."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
