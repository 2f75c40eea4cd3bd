"""What an OpenID provider says of itself (OpenID Connect Discovery 1.0, RFC 8414)."""

import re
from dataclasses import asdict, dataclass
from typing import Any, Self
from urllib.parse import urlsplit

from matricula.mail.composition import one_line
from matricula.security.networks import has_plain_host
from matricula.sso.errors import (
    DocumentMalformed,
    IssuerDiffers,
    IssuerRefused,
    IssuerSlash,
    IssuerTemplated,
    NoCommonAlgorithm,
    NoCommonAuthentication,
)
from matricula.sso.json_documents import Fetch, JsonObject, fetch_json, is_keepable
from matricula.sso.key_sets import ALGORITHMS

WELL_KNOWN = "/.well-known/openid-configuration"
TENANT = re.compile(r"/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:/|$)")
PERSONAL_ACCOUNTS = "9188040d-6c67-4c5b-b112-36a304b66dad"
"""Microsoft's "tenant" of everybody's private account."""
SHARED = ("common", "organizations", "consumers", PERSONAL_ACCOUNTS)
LONGEST_ADDRESS = 2000
BASIC, POST = "client_secret_basic", "client_secret_post"


@dataclass(frozen=True)
class Discovery:
    """What we keep of an issuer's document: in the connection's settings, by `as_json` and `from_json`."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    algorithms: tuple[str, ...] = ("RS256",)
    """In which the provider signs and which we take."""
    authentication: str = BASIC
    """How we prove who we are at the token endpoint."""
    answers_name_issuer: bool = False
    """Whether every answer must say whose it is (RFC 9207, 3)."""

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "algorithms": list(self.algorithms)}

    @classmethod
    def from_json(cls, kept: JsonObject) -> Self:
        return cls(**{**kept, "algorithms": tuple(kept["algorithms"])})


def fetch_discovery(fetch: Fetch, issuer: str, *, allow_http: bool = False) -> Discovery:
    """What the issuer that was typed says of itself. Raises DiscoveryError, ProviderError, FetchFailed."""
    issuer = clean_issuer(issuer, allow_http=allow_http)
    document, _body = fetch_json(fetch, discovery_address(issuer))
    return read_discovery(document, issuer=issuer, allow_http=allow_http)


def clean_issuer(typed: str, *, allow_http: bool = False) -> str:
    """The issuer's address (Discovery 1.0, 2), also when the document's was pasted.

    The last slash stays as it was typed. Raises IssuerRefused, IssuerTemplated.
    """
    issuer = typed.strip().removesuffix(WELL_KNOWN)
    if "{" in issuer or "}" in issuer or is_of_every_tenant(issuer):
        raise IssuerTemplated
    if not is_web_address(issuer, allow_http=allow_http) or "?" in issuer:
        raise IssuerRefused
    return issuer


def is_of_every_tenant(issuer: str) -> bool:
    """Microsoft's addresses that let in whoever has any account there."""
    parts = issuer.lower().split("/")
    return len(parts) > 3 and parts[2].startswith("login.microsoftonline.") and parts[3] in SHARED


def tenant_of(issuer: str) -> str:
    """The tenant that an issuer of Entra ID names; nothing for other issuers."""
    found = TENANT.search(urlsplit(issuer).path)
    return found[1] if found else ""


def discovery_address(issuer: str) -> str:
    """Where an issuer's document is (Discovery 1.0, 4.1). The path of an issuer is kept."""
    return issuer.removesuffix("/") + WELL_KNOWN


def is_web_address(address: object, *, allow_http: bool = False) -> bool:
    """Whether people and requests may be sent there: https, a plain host, no user, no fragment."""
    if not is_keepable(address, LONGEST_ADDRESS) or not isinstance(address, str):
        return False
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    fitting = parts.scheme in (("https", "http") if allow_http else ("https",)) and port != 0
    return fitting and has_plain_host(parts.netloc) and not {"#", " ", "\\"} & {*address}


def read_discovery(document: JsonObject, *, issuer: str, allow_http: bool = False) -> Discovery:
    """The provider's metadata (Discovery 1.0, 3) that is `issuer`'s. Raises DiscoveryError."""
    require_issuer(document.get("issuer"), issuer)
    require_code_flow(document)
    return Discovery(
        issuer=issuer,
        authorization_endpoint=read_endpoint(document, "authorization_endpoint", allow_http),
        token_endpoint=read_endpoint(document, "token_endpoint", allow_http),
        jwks_uri=read_endpoint(document, "jwks_uri", allow_http),
        userinfo_endpoint=read_endpoint(document, "userinfo_endpoint", allow_http, required=False),
        algorithms=read_algorithms(document),
        authentication=choose_authentication(document),
        answers_name_issuer=read_flag(document, "authorization_response_iss_parameter_supported"),
    )


def require_issuer(named: object, issuer: str) -> None:
    """Both must be equal, character for character (Discovery 1.0, 4.3).

    Raises IssuerSlash and IssuerDiffers, both with the document's, and IssuerTemplated.
    """
    if named == issuer:
        return
    if not isinstance(named, str) or not named:
        raise DocumentMalformed("issuer")
    if "{" in named or is_of_every_tenant(named):
        raise IssuerTemplated
    shown = one_line(named)
    raise IssuerSlash(shown) if named.rstrip("/") == issuer.rstrip("/") else IssuerDiffers(shown)


def require_code_flow(document: JsonObject) -> None:
    """Raises DocumentMalformed."""
    if "code" not in read_names(document, "response_types_supported", default=("code",)):
        raise DocumentMalformed("response_types_supported")


def read_endpoint(document: JsonObject, name: str, allow_http: bool, *, required: bool = True) -> str:
    """Raises DocumentMalformed."""
    address = document.get(name)
    if address is None and not required:
        return ""
    if not isinstance(address, str) or not is_web_address(address, allow_http=allow_http):
        raise DocumentMalformed(name)
    return address


def read_algorithms(document: JsonObject) -> tuple[str, ...]:
    """Theirs that are ours, too, whatever else they list. Every provider signs by RS256 (Core 1.0, 15.1).

    Raises NoCommonAlgorithm, DocumentMalformed.
    """
    theirs = read_names(document, "id_token_signing_alg_values_supported", default=("RS256",))
    common = tuple(one for one in ALGORITHMS if one in theirs)
    if not common:
        raise NoCommonAlgorithm
    return common


def choose_authentication(document: JsonObject) -> str:
    """Basic is the default and what every server takes (RFC 6749, 2.3.1).

    Raises NoCommonAuthentication, DocumentMalformed.
    """
    theirs = read_names(document, "token_endpoint_auth_methods_supported", default=(BASIC,))
    for ours in (BASIC, POST):
        if ours in theirs:
            return ours
    raise NoCommonAuthentication


def read_names(document: JsonObject, name: str, *, default: tuple[str, ...]) -> tuple[str, ...]:
    """A list of texts. Raises DocumentMalformed."""
    listed = document.get(name)
    if listed is None:
        return default
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise DocumentMalformed(name)
    return tuple(listed)


def read_flag(document: JsonObject, name: str) -> bool:
    """Raises DocumentMalformed."""
    flag = document.get(name)
    if flag is not None and not isinstance(flag, bool):
        raise DocumentMalformed(name)
    return bool(flag)
