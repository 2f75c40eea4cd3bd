from ipaddress import ip_network

import pytest
from django.test import Client

from conftest import PASSWORD
from matricula.identities.models import Connection
from matricula.organizations.models import Role
from matricula.sso.tests.company import CONSOLE, enter, entity, open_shelf


@pytest.fixture
def olga(organization, bruno):
    """The owner's browser."""
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    client = Client()
    client.post("/account/log-in/", {"email": "bruno@nordlicht.example", "password": PASSWORD})
    return client


@pytest.fixture
def shelf(settings):
    settings.PRIVATE_NETWORKS = [ip_network("127.0.0.0/8")]
    with open_shelf() as opened:
        yield opened


@pytest.fixture
def begun(olga):
    """A connection of SAML of which nothing is known yet."""
    olga.post(f"{CONSOLE}new/", {"name": "Nordlicht ADFS", "kind": "saml", "product": "adfs"})
    return Connection.objects.get()


@pytest.fixture
def saml(olga, begun):
    """One that knows its provider."""
    enter(olga, begun, metadata=entity())
    begun.refresh_from_db()
    return begun
