"""What pages say of the session somebody has here: in person, by their company, by a recovery code."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from conftest import PASSWORD, person
from matricula.accounts.models import Account
from matricula.identities.models import CompanySession
from matricula.identities.recovery_codes import renew_owner_codes
from matricula.identities.tests.company import signed_in_by_company
from matricula.organizations.models import Organization, Role
from matricula.sso.tests.company import learner

pytestmark = pytest.mark.django_db
LOG_IN, HOME = "/account/log-in/", "ada.own@home.example"


@pytest.fixture
def ada(program) -> Account:
    return learner(program)


@pytest.fixture
def by_code(organization: Organization) -> Client:
    """Olga's browser, into which a recovery code let her."""
    olga = person("Olga", "olga@nordlicht.example")
    Role.objects.create(organization=organization, account=olga, kind=Role.Kind.OWNER)
    code = renew_owner_codes(organization=organization, account=olga)[0]
    browser = Client()
    browser.post("/sso/nordlicht/recovery/", {"email": "olga@nordlicht.example", "code": code})
    return browser


def header_of(page) -> str:
    return re.search(r"<header class=.site-header.*?</header>", page.content.decode(), re.DOTALL)[0]


def test_signed_in_by_her_company_ada_is_not_shown_as_logged_out(organization, ada):
    page = signed_in_by_company(ada, organization).get("/account/addresses/", follow=True)
    assert "Your company's sign-in does not open it" in page.content.decode().replace("&#x27;", "'")
    assert "My learning" in header_of(page)
    assert "Log out" in header_of(page)
    assert ">Log in<" not in header_of(page)
    assert ">Log in<" in header_of(Client().get(LOG_IN + "?step=in-person"))


def test_a_page_of_olgas_own_says_what_the_recovery_code_opens(by_code):
    page = by_code.get("/account/addresses/", follow=True)
    text = page.content.decode()
    assert page.redirect_chain[-1][0] == f"{LOG_IN}?next=%2Faccount%2Faddresses%2F&step=in-person&by=code"
    assert "A recovery code opens" in text
    assert "sign-in does not open it" not in text
    assert "Log out" in header_of(page)
    assert "My learning" not in header_of(page)


def test_each_console_page_says_until_when_the_recovery_code_opens_it(by_code, organization, bruno):
    with organization.calendar():
        ends = timezone.localtime(CompanySession.objects.get().expires_at)
    for path in ("", "sign-in/", "people/"):
        page = by_code.get(f"/console/nordlicht/{path}", follow=True).content.decode()
        assert f"by a recovery code, until {ends:%H:%M}" in page
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    in_person = Client()
    in_person.force_login(bruno)
    assert "by a recovery code" not in in_person.get("/console/nordlicht/").content.decode()


def test_whoever_is_logged_in_is_led_on_from_the_log_in_page(organization, ada):
    browser = Client()
    browser.post(LOG_IN, {"email": HOME, "password": PASSWORD})
    assert browser.get(LOG_IN)["Location"] == "/learn/"
    assert browser.get(LOG_IN + "?next=/account/&step=password").status_code == 200, (
        "perhaps as somebody else"
    )
    company_only = signed_in_by_company(ada, organization)
    assert company_only.get(LOG_IN).status_code == 200
    assert company_only.get(LOG_IN + "?step=in-person").status_code == 200


def test_ada_is_reminded_of_the_address_that_keeps_her_account_and_her_company_reads_it_nowhere(
    organization, ada
):
    home = "ada@home2.example"
    waits = ada.addresses.create(address=home)
    in_person = Client()
    in_person.force_login(ada)
    for path in ("/account/", "/learn/"):
        page = in_person.get(path).content.decode()
        assert f"Confirm {home}" in page
        assert f"/account/addresses/{waits.pk}/confirm/" in page
        assert "Send the letter again" in page
    by_company = signed_in_by_company(ada, organization).get("/learn/").content.decode()
    assert "Confirm the e-mail of your own" in by_company
    assert home not in by_company
    ada.addresses.create(address="second@home.example", confirmed_at=timezone.now())
    assert "Confirm" not in in_person.get("/learn/").content.decode()


def test_a_password_by_letter_is_said_to_need_a_confirmed_address():
    for path in (LOG_IN + "?step=password", "/account/forgotten/"):
        assert "with an address that you confirmed" in Client().get(path).content.decode()
