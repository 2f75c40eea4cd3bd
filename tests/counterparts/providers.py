"""What tests ask of an identity provider that runs: an application registered there, and its own words."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import requests

SECONDS = 20


def call(method: str, address: str, **sent: Any) -> requests.Response:
    """Straight to this machine, whatever proxy there is."""
    with requests.Session() as session:
        session.trust_env = False
        answer = session.request(method, address, timeout=SECONDS, **sent)
        answer.raise_for_status()
        return answer


@dataclass
class OpenIdProvider:
    """Whom one can register at. Applications are known by id and secret."""

    issuer: str
    registers: bool = False
    kind = "oidc"

    def register(self, addresses: dict[str, str]) -> dict[str, str]:
        """What Olga does there with what our page tells her (by its id), and brings back for our form."""
        entered = {"issuer": self.issuer, "client_id": "matricula", "client_secret": "s3cret"}
        if self.registers:
            asked = {"redirect_uris": [addresses["redirect-uri"]], "client_name": "Matricula"}
            made = call("POST", f"{self.issuer}/reg", json=asked).json()
            entered |= {name: made[name] for name in ("client_id", "client_secret")}
        return entered

    def bend(self, **bent: Any) -> None:
        """What its next answers are like. Only where it can be bent."""
        call("POST", f"{self.issuer}/_bend", json=bent)


@dataclass
class SamlProvider:
    address: str
    metadata_path: str = "/metadata"
    trusted: Path | None = None
    """Where it keeps whom it answers; None answers everybody."""
    kind = "saml"

    @property
    def metadata(self) -> str:
        return call("GET", self.address + self.metadata_path).text

    def register(self, addresses: dict[str, str]) -> dict[str, str]:
        if self.trusted:
            self.trusted.write_text(json.dumps({addresses["entity-id"]: addresses["acs"]}))
        return {"metadata": self.metadata}

    def portal(self, addresses: dict[str, str]) -> str:
        """Where somebody begins there, without having been here (SAML 2.0 Profiles, 4.1.5)."""
        entity_id, acs = addresses["entity-id"], addresses["acs"]
        if self.trusted:
            return f"{self.address}/saml2/idp/SSOService.php?{urlencode({'spentityid': entity_id})}"
        return f"{self.address}/sign-in?{urlencode({'audience': entity_id, 'acs': acs})}"

    def leave_out_statement(self, wanted: bool) -> None:
        """Only samlify can: an assertion that does not say that somebody signed in."""
        call("GET", f"{self.address}/_statement/{'no' if wanted else 'yes'}")
