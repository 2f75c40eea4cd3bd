"""Olga connects her company's sign-in, and Ada comes in by it: over two sites, as browsers see them.

The product is at localhost, the identity providers at 127.0.0.1: no cookie of the one is shown to the other.
"""

import re

import pytest
from playwright.sync_api import expect

from matricula.identities.models import CompanySession, Connection, Identity
from matricula.organizations.models import Role
from matricula.sso.connections import acs_address, entity_id
from matricula.sso.tests.company import CONSOLE, learner, logged_in, own
from tests.counterparts.company import linked, live
from tests.journeys.walking import BROWSER_TEST, click, log_in, open_window, sees, shoot, sign_in

pytestmark = BROWSER_TEST
THEIRS = "//127.0.0.1:"
ASKED = "[name=login], [name=username], [name=who], [name=prompt]"
PROVIDERS = {"oidc": ("openid_provider", "OpenID Connect"), "saml": ("saml_provider", "SAML 2.0")}


@pytest.fixture(params=PROVIDERS)
def provider(request, live_server, settings):
    """One of each protocol, and our own addresses as the browser knows them."""
    settings.BASE_URL = live_server.url
    return request.getfixturevalue(PROVIDERS[request.param][0])


@pytest.fixture
def one_of_each(request, page, live_server, settings):
    """OpenID Connect on a phone, SAML at a desk: the walks above see both on either."""
    settings.BASE_URL = live_server.url
    return request.getfixturevalue("openid_provider" if page.size == "phone" else "saml_provider")


@pytest.fixture
def ada(program):
    return learner(program, "Ada Lovelace")


@pytest.fixture
def olga(page, organization, bruno):
    """Whoever owns Nordlicht, in a browser where they proved a moment ago who they are."""
    own(organization, bruno)
    sign_in(page, bruno)
    return page


def begin_connection(page, provider):
    page.goto(CONSOLE)
    click(page, "New connection", "link")
    page.get_by_label("Name").fill("Nordlicht")
    page.get_by_label(PROVIDERS[provider.kind][1]).check()
    click(page, "Go on")
    assert sees(page, "Nordlicht")


def enter(page, provider):
    """What the page says goes there; what is there comes here."""
    said = page.locator("textarea[readonly]")
    told = {one.get_attribute("id"): one.input_value() for one in said.all()}
    for name, value in provider.register(told).items():
        page.locator(f"[name={name}]").fill(value)
    click(page, "Save")
    expect(page.get_by_text("Saved. Now test it.")).to_be_visible()


def at_provider(page, who):
    """Past the provider's own pages, whichever it has: who one is, consent, and the way back."""
    page.wait_for_url(re.compile(r"^(?!.*/(start|test)/$)"))
    while THEIRS in page.url:
        page.wait_for_load_state()
        asks = page.locator(f"form:has({ASKED}), form[action^='{page.base}']:has(:visible)")
        if asks.count() and THEIRS in page.url:
            for field in asks.locator("[type=text], [type=password], [name=who]").all():
                field.fill(who)
            with page.expect_navigation():
                asks.locator("button, [type=submit]").first.click()
        else:  # it posts itself
            page.wait_for_url(re.compile(f"^{re.escape(page.base)}"))


def company_sign_in(page, who="ada"):
    """From the company's own address, there and back."""
    page.goto("/sso/nordlicht/")
    click(page, "Continue with Nordlicht")
    at_provider(page, who)


def live_connection(organization, bruno, provider, **more):
    """One that is on, set up where nobody looked."""
    Role.objects.get_or_create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    return live(logged_in("bruno@nordlicht.example"), provider, **more)


def test_olga_connects_her_provider_tests_it_and_switches_it_on(olga, provider):
    page = olga
    begin_connection(page, provider)
    shoot(page, f"sign-in-{provider.kind}-begun")
    enter(page, provider)
    shoot(page, f"sign-in-{provider.kind}-saved")
    click(page, "Test this connection")
    at_provider(page, "olga")
    assert sees(page, "The test passed")
    expect(page.get_by_text("olga@nordlicht.example").first).to_be_visible()
    shoot(page, f"sign-in-{provider.kind}-tested")
    click(page, "Back to the connection", "link")
    click(page, "Switch it on")
    expect(page.get_by_label("Address for your people")).to_have_value(re.compile("/sso/nordlicht/$"))
    shoot(page, f"sign-in-{provider.kind}-live")
    assert Connection.objects.get().state == "live"
    assert not Identity.objects.exists()


@pytest.mark.postgres
def test_ada_links_once_comes_straight_in_and_is_out_in_the_second_her_company_ends_it(
    page, one_of_each, organization, program, bruno, ada, browser, live_server
):
    live_connection(organization, bruno, one_of_each)
    page.goto("/sso/nordlicht/")
    shoot(page, "company-sign-in")
    company_sign_in(page)
    assert sees(page, "We do not know this sign-in yet")
    shoot(page, "company-unknown")
    click(page, "Link your account", "link")
    log_in(page, "ada.own@home.example")
    assert sees(page, "Link these two\\?")
    shoot(page, "company-link")
    click(page, "Link them")
    assert sees(page, "My learning")
    page.context.clear_cookies()

    company_sign_in(page)
    assert sees(page, "My learning")
    page.goto(f"/learn/programs/{program.public_id}/")
    assert sees(page, "Welcome")
    page.goto("/account/")
    assert sees(page, "This page is yours alone"), "what is Ada's own, her company's word does not open"

    end_it(open_window(browser, live_server, page.size), bruno)
    page.goto(f"/learn/programs/{program.public_id}/")
    assert sees(page, "Log in")
    assert not CompanySession.objects.live().exists()
    company_sign_in(page)
    expect(page.get_by_text("Your company has ended this sign-in")).to_be_visible()
    shoot(page, "company-ended")


def end_it(window, bruno):
    """As Olga does it in the console."""
    sign_in(window, bruno)
    window.goto(f"{CONSOLE}people/")
    click(window, "End the sign-in of Ada Lovelace", "link")
    click(window, "End it")
    expect(window.get_by_text("has ended, and so have its sessions")).to_be_visible()


def test_ada_begins_at_her_companys_own_portal_where_the_company_allows_it(
    page, saml_provider, live_server, settings, organization, bruno, ada
):
    settings.BASE_URL = live_server.url
    made = live_connection(organization, bruno, saml_provider)
    portal = saml_provider.portal({"entity-id": entity_id(made), "acs": acs_address(made)})
    page.goto(portal)
    at_provider(page, "ada")
    assert sees(page, "The sign-in did not work")
    shoot(page, "company-not-begun-here")
    Connection.objects.update(takes_unsolicited=True)
    page.context.clear_cookies()
    page.goto(portal)
    at_provider(page, "ada")
    assert sees(page, "Are you Ada\\?")
    shoot(page, "company-is-this-you")
    click(page, "Yes, go on as Ada")
    assert sees(page, "We do not know this sign-in yet")
    linked(made, ada)
    page.context.clear_cookies()
    page.goto(portal)
    at_provider(page, "ada")
    assert sees(page, "My learning")
