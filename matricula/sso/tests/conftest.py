from ipaddress import ip_network

import pytest
from django.utils import timezone

from matricula.identities.models import Connection
from matricula.sso.tests.company import CONSOLE, enter, entity, learner, logged_in, open_shelf, own


@pytest.fixture
def olga(organization, bruno):
    """The owner's browser."""
    own(organization, bruno)
    return logged_in("bruno@nordlicht.example")


@pytest.fixture
def ada(program):
    return learner(program)


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


@pytest.fixture
def live(saml):
    """It is switched on, without the way through its test."""
    Connection.objects.filter(pk=saml.pk).update(state="live", tested_at=timezone.now())
    saml.refresh_from_db()
    return saml


@pytest.fixture
def provider(monkeypatch, settings):
    """The issuer of an OpenID Connect provider that others wrote, run here for as long as the test."""
    settings.PRIVATE_NETWORKS = [ip_network("127.0.0.0/8"), ip_network("::1/128")]
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    mock = pytest.importorskip("oidc_provider_mock")
    users = [
        mock.User(sub="ada-1", claims={"email": "ada@nordlicht.example", "name": "Ada Lovelace"}),
        mock.User(sub="olga-1", claims={"email": "olga@nordlicht.example", "name": "Olga"}),
    ]
    with mock.run_server_in_thread(user_claims=users) as server:
        yield f"http://localhost:{server.server_port}"
