"""Olga sets up the provider that her company has, whoever wrote it; Ada comes in by it."""

import pytest
from django.test import Client

from matricula.identities.models import CompanySession, Identity
from matricula.sso.models import JudgedAnswer
from matricula.sso.tests.company import CONSOLE, logged_in
from tests.counterparts.company import leave, linked, live, set_up, sign_in
from tests.counterparts.provider_forms import at_provider, way_out

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.filterwarnings("ignore")]
PROVIDERS = {
    "oidc-provider": "openid_provider",
    "oauth2-mock-server": "bending_provider",
    "oidc-provider-mock": "mock_provider",
    "samlp": "samlp_provider",
    "samlify": "samlify_provider",
    "simplesamlphp": "simplesamlphp",
    "pysaml2": "pysaml2_provider",
}


@pytest.fixture(params=PROVIDERS)
def provider(request):
    return request.getfixturevalue(PROVIDERS[request.param])


def test_olga_sets_it_up_and_tests_it_and_ada_links_once_and_comes_straight_in(provider, olga, ada, program):
    connection, page = set_up(olga, provider), f"/learn/programs/{program.public_id}/"
    tested = at_provider(way_out(olga.post(f"{CONSOLE}{connection.public_id}/test/")), "olga")
    shown = olga.get(tested.follow(olga).headers["Location"]).content.decode()
    assert "The test passed" in shown
    assert "@nordlicht.example" in shown
    assert not Identity.objects.exists()
    olga.post(f"{CONSOLE}{connection.public_id}/switch/", {"to": "live"})
    browser = logged_in("ada.own@home.example")
    assert sign_in(browser, connection, next_path=page).headers["Location"] == "/sso/nordlicht/link/"
    assert browser.post("/sso/nordlicht/link/account/").headers["Location"] == page
    other = Client()
    assert sign_in(other, connection, next_path=page).headers["Location"] == page
    assert other.get(page).status_code == 200
    assert other.get("/account/").status_code == 302, "a company opens nothing that is Ada's own"
    assert not JudgedAnswer.objects.filter(passed=False).exists()


def test_an_answer_opens_once_and_in_the_browser_that_asked(provider, olga, ada):
    connection, browser = live(olga, provider), Client()
    linked(connection, ada)
    back = leave(browser, connection)
    assert back.follow(Client()).status_code == 403
    assert not CompanySession.objects.exists()
    assert back.follow(browser).status_code in (302, 403)  # what was posted for a stranger is gone with them
    assert back.follow(browser).status_code == 403
    assert CompanySession.objects.count() <= 1
