import pytest
from django.utils import timezone

from matricula.identities.models import Connection
from matricula.sso.tests.company import CONSOLE, enter, entity, learner, logged_in, open_shelf, own
from tests.counterparts.running import LOOPBACK, openid_mock


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
    settings.PRIVATE_NETWORKS = LOOPBACK
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
    people = {
        "ada-1": {"email": "ada@nordlicht.example", "name": "Ada Lovelace"},
        "olga-1": {"email": "olga@nordlicht.example", "name": "Olga"},
    }
    with openid_mock(monkeypatch, settings, people) as issuer:
        yield issuer
