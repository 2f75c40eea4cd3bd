"""A company with its people, its SAML provider's metadata, and somebody's web server that has documents."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from django.test import Client

from conftest import PASSWORD, person
from matricula.organizations.models import Affiliation, Role
from matricula.programs.memberships import enter_program
from matricula.sso.tests import minting

CONSOLE = "/console/nordlicht/sign-in/"
MD, DS = "urn:oasis:names:tc:SAML:2.0:metadata", "http://www.w3.org/2000/09/xmldsig#"


def own(organization, account):
    """Olga, whatever the account is called, owns the company."""
    Role.objects.create(organization=organization, account=account, kind=Role.Kind.OWNER)


def learner(program, name="Ada"):
    """Of the company by her work e-mail, with an address of her own that she logs in with."""
    account = person(name, "ada.own@home.example")
    Affiliation.objects.create(
        organization=program.organization, account=account, work_email="ada@nordlicht.example"
    )
    enter_program(program=program, account=account)
    return account


def logged_in(address):
    """The browser of somebody who is there in person."""
    client = Client()
    client.post("/account/log-in/", {"email": address, "password": PASSWORD})
    return client


def entity(
    *keys,
    entity_id=minting.ISSUER,
    name="",
    location="https://idp.acme.example/sso",
    binding="HTTP-Redirect",
):
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
        f'{described}<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:{binding}" '
        f'Location="{location}"/></IDPSSODescriptor>{called if name else ""}</EntityDescriptor>'
    )


def federation(*entities):
    return f'<EntitiesDescriptor xmlns="{MD}">{"".join(entities)}</EntitiesDescriptor>'


class Shelf(dict):
    """A web server's documents: at which path stands a text, or a status and a text."""

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
