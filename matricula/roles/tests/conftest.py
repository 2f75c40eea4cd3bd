import pytest

from matricula.organizations.models import Role


@pytest.fixture
def owner(organization, bruno):
    """Bruno owns the organization."""
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    return bruno


@pytest.fixture
def group(program):
    return program.groups.create(name="Crew")
