"""With Google anybody is signed in by the same issuer: only people of a proven domain are the company's."""

import pytest
from django.utils import timezone

from matricula.organizations.models import Organization
from matricula.sso.answers import AnswerRefused, Checks
from matricula.sso.openid_sign_in import ISSUERS_OF_EVERYBODY, require_own_people

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
GOOGLE = "https://accounts.google.com"


@pytest.fixture
def google(organization):
    return organization.connections.create(kind="oidc", name="Google", issuer=GOOGLE, client_id="c1")


def prove(organization, name, **more):
    organization.domains.create(name=name, secret="0" * 32, proven_at=timezone.now(), **more)


def test_people_of_a_proven_domain_get_in(google, organization):
    prove(organization, "nordlicht.example")
    checks = Checks()
    require_own_people(google, {"hd": "Nordlicht.example"}, checks)
    assert [one.code for one in checks if one.passed] == ["hosted_domain"]


@pytest.mark.parametrize(
    "claims", [{}, {"hd": ""}, {"hd": "elsewhere.example"}, {"hd": ["nordlicht.example"]}, {"hd": None}]
)
def test_whoever_has_any_google_account_does_not(google, organization, claims):
    prove(organization, "nordlicht.example")
    with pytest.raises(AnswerRefused, match="hosted_domain"):
        require_own_people(google, claims, Checks())


def test_a_domain_that_is_lost_or_another_companys_lets_nobody_in(google, organization):
    prove(organization, "nordlicht.example", lost_at=timezone.now())
    prove(Organization.objects.create(name="Elsewhere", slug="elsewhere"), "elsewhere.example")
    for name in ("nordlicht.example", "elsewhere.example"):
        with pytest.raises(AnswerRefused):
            require_own_people(google, {"hd": name}, Checks())


def test_an_issuer_of_the_companys_own_is_asked_for_no_domain(google):
    google.issuer = "https://id.nordlicht.example"
    require_own_people(google, {}, Checks())
    assert GOOGLE in ISSUERS_OF_EVERYBODY
