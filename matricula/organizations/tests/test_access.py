"""Who gets into which console, and what they are told who do not."""

import pytest
from django.test import RequestFactory

from matricula.organizations.access import MAY, role_rule
from matricula.organizations.models import Organization, Role
from matricula.web.access import access_rule

pytestmark = pytest.mark.django_db


def role(organization, account, kind):
    return Role.objects.create(organization=organization, account=account, kind=kind)


@pytest.mark.parametrize("rule", MAY)
@pytest.mark.parametrize("kind", Role.Kind.values)
def test_each_rule_opens_to_its_roles_and_tells_the_others_why_not(rule, kind, organization, bruno):
    role(organization, bruno, kind)
    request = RequestFactory().get("/")
    request.user, request.session = bruno, {}
    view = role_rule(rule)(lambda request, organization: organization)
    if kind in MAY[rule]:
        assert view(request, "nordlicht") == organization
    else:
        page = view(request, "nordlicht")
        assert page.status_code == 403
        assert "Your role does not open this page" in page.content.decode()


def test_outsiders_get_404_and_strangers_the_sign_in_page(client, organization, chika):
    assert client.get("/console/nordlicht/").headers["Location"].startswith("/account/log-in/")
    client.force_login(chika)
    assert client.get("/console/nordlicht/").status_code == 404
    assert client.get("/console/").status_code == 404


def test_a_group_manager_reads_who_could_change_the_role(client, organization, bruno, chika):
    role(organization, bruno, Role.Kind.OWNER)
    role(organization, chika, Role.Kind.GROUP_MANAGER)
    client.force_login(chika)
    page = client.get("/console/nordlicht/invitations/")
    assert page.status_code == 403
    assert "An owner can change your role: Bruno Keller." in page.content.decode()


def test_bruno_with_two_organizations_chooses_and_with_one_goes_straight_in(client, organization, bruno):
    role(organization, bruno, Role.Kind.OWNER)
    client.force_login(bruno)
    assert client.get("/console/").headers["Location"] == "/console/nordlicht/"
    role(Organization.objects.create(slug="other", name="Other"), bruno, Role.Kind.VIEWER)
    page = client.get("/console/").content.decode()
    assert ("Nordlicht Energie" in page, "/console/other/" in page) == (True, True)


def test_a_view_takes_one_access_rule_and_no_second():
    view = role_rule("viewing")(lambda request, organization: None)
    with pytest.raises(TypeError):
        access_rule("owning", view, view)
