import pytest

from matricula.organizations.models import Role


@pytest.fixture
def at_the_console(client, organization, bruno):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.PROGRAM_ADMINISTRATOR)
    client.force_login(bruno)
