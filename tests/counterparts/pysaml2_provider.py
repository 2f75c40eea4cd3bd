"""PyPI pysaml2 as an identity provider, in an environment of its own: it asks who somebody is.

It answers the applications in `trusted.json`, beside its key and certificate in the folder it is started in.
"""

import html
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.config import IdPConfig
from saml2.metadata import create_metadata_string
from saml2.saml import NAMEID_FORMAT_PERSISTENT, NameID
from saml2.server import Server
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA256

APPLICATION = (
    '<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{}"><md:SPSSODescriptor '
    'protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:AssertionConsumerService '
    'index="0" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="{}"/></md:SPSSODescriptor>'
    "</md:EntityDescriptor>"
)
PASSWORD = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"


def configured(address: str) -> IdPConfig:
    trusted = Path("trusted.json")
    known = json.loads(trusted.read_text()) if trusted.exists() else {}
    endpoint = [(f"{address}/sign-in", BINDING_HTTP_REDIRECT)]
    return IdPConfig().load(
        {
            "entityid": f"{address}/metadata",
            "key_file": "key.pem",
            "cert_file": "certificate.pem",
            "service": {"idp": {"endpoints": {"single_sign_on_service": endpoint}}},
            "metadata": {"inline": [APPLICATION.format(*map(html.escape, one)) for one in known.items()]},
        }
    )


def answer(address: str, asked: dict[str, str]) -> str:
    """The page that posts it back."""
    server, who = Server(config=configured(address)), asked["who"]
    request = server.parse_authn_request(asked["SAMLRequest"], BINDING_HTTP_REDIRECT)
    back = server.response_args(request.message)
    told = server.create_authn_response(
        identity={"mail": [f"{who}@nordlicht.example"], "displayName": [who.title()]},
        userid=who,
        name_id=NameID(format=NAMEID_FORMAT_PERSISTENT, text=who),
        authn={"class_ref": PASSWORD, "authn_auth": address},
        sign_response=True,
        sign_assertion=True,
        sign_alg=SIG_RSA_SHA256,
        digest_alg=DIGEST_SHA256,
        **back,
    )
    sent = server.apply_binding(
        BINDING_HTTP_POST, str(told), back["destination"], asked.get("RelayState", ""), response=True
    )
    page: str = sent["data"]
    return page


def question(asked: dict[str, str]) -> str:
    fields = "".join(
        f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
        for name, value in asked.items()
    )
    return (
        f'<!doctype html><form>{fields}<label>Username <input name="who"></label><button>Go</button></form>'
    )


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        address, parts = f"http://127.0.0.1:{self.server.server_address[1]}", urlsplit(self.path)
        asked = dict(parse_qsl(parts.query))
        if parts.path == "/metadata":
            body, kind = create_metadata_string(None, config=configured(address)), "application/xml"
        else:
            page = answer(address, asked) if asked.get("who") else question(asked)
            body, kind = page.encode(), "text/html"
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    sys.stdout.write(f"ready http://127.0.0.1:{listening.server_address[1]}\n")
    sys.stdout.flush()
    listening.serve_forever()
