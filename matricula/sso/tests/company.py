"""A company whose owner Olga sets sign-in up: a SAML provider, and a shelf of documents."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from matricula.sso.tests import minting

CONSOLE = "/console/nordlicht/sign-in/"
MD, DS = "urn:oasis:names:tc:SAML:2.0:metadata", "http://www.w3.org/2000/09/xmldsig#"


def entity(*keys, entity_id=minting.ISSUER, name="", location="https://idp.acme.example/sso"):
    """An identity provider that signs with the keys of these names, as its metadata describes it."""
    described = "".join(
        f'<KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="{DS}"><ds:X509Data><ds:X509Certificate>'
        f"{minting.certificate(key).to_text()}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></KeyDescriptor>"
        for key in keys or ("acme",)
    )
    called = f"<Organization><OrganizationDisplayName>{name}</OrganizationDisplayName></Organization>"
    return (
        f'<EntityDescriptor xmlns="{MD}" entityID="{entity_id}">'
        '<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
        f'{described}<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" '
        f'Location="{location}"/></IDPSSODescriptor>{called if name else ""}</EntityDescriptor>'
    )


def federation(*entities):
    return f'<EntitiesDescriptor xmlns="{MD}">{"".join(entities)}</EntitiesDescriptor>'


class Shelf(dict):
    """What stands at which path: a text, or a status and a text."""

    address = ""


@contextmanager
def open_shelf():
    """A web server of somebody else, on this machine."""
    shelf = Shelf()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self):
            found = shelf.get(self.path, (404, "nothing"))
            status, text = found if isinstance(found, tuple) else (200, found)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_said):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    shelf.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield shelf
    finally:
        server.shutdown()
        server.server_close()


def enter(olga, connection, **given):
    """As her form sends it."""
    return olga.post(f"{CONSOLE}{connection.public_id}/", {"name": "Nordlicht ADFS", **given})
