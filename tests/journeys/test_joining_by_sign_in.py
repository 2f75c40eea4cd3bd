"""Ada has no account here: her company's sign-in brings her in, and brings her back."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from matricula.identities.models import Connection
from matricula.programs.models import Program
from matricula.security.secrets import seal
from matricula.sso.connections import ask_provider
from tests.counterparts.running import openid_mock
from tests.journeys.walking import BROWSER_TEST, PATIENCE, click, open_window, sees, shoot

pytestmark = [*BROWSER_TEST, pytest.mark.filterwarnings("ignore")]


@pytest.fixture
def provider(monkeypatch, settings, live_server):
    """On another site than ours: `localhost` here, where we are at an address, or the other way round."""
    settings.BASE_URL = live_server.url
    host = "127.0.0.1" if "localhost" in live_server.url else "localhost"
    people = {"ada-1": {"email": "ada@nordlicht.example", "name": "Ada Lovelace"}}
    with openid_mock(monkeypatch, settings, people, host) as issuer:
        yield issuer


@pytest.fixture
def connection(organization, provider):
    organization.domains.create(name="nordlicht.example", secret="0" * 32, proven_at=timezone.now())
    discovery, keys = ask_provider(provider)
    return organization.connections.create(
        kind="oidc",
        name="Nordlicht ID",
        state=Connection.State.LIVE,
        tested_at=timezone.now(),
        issuer=discovery.issuer,
        client_id="matricula",
        sealed_secret=seal("connection", "s3cret"),
        provider=discovery.as_json(),
        keys=keys,
        keys_at=timezone.now(),
    )


def at_provider(page):
    """What Ada does at her company's own page."""
    page.wait_for_url("**/oauth2/authorize**", timeout=PATIENCE)
    page.get_by_placeholder("sub").or_(page.locator("input[name=sub]")).first.fill("ada-1")
    page.get_by_role("button", name="Authorize").or_(page.locator("button")).first.click()


def continue_with_company(page):
    page.goto("/sso/nordlicht/")
    click(page, "Continue with Nordlicht ID")
    at_provider(page)


def test_e3_ada_joins_by_her_companys_sign_in_and_comes_straight_in_next_time(
    page, browser, live_server, connection, program, course, worker
):
    Program.objects.update(open_to_sign_in=True)
    page.goto("/sso/nordlicht/")
    shoot(page, "sign-in-company")
    continue_with_company(page)
    assert sees(page, "Welcome")
    shoot(page, "sign-in-welcome")
    click(page, f"Join now: {program.name}")
    page.get_by_role("link", name=course.title).first.click()
    click(page, "Start")
    assert sees(page, "Set up your account")
    expect(page.get_by_label("Full name")).to_have_value("Ada Lovelace")
    expect(page.get_by_label("Work e-mail")).to_have_value("ada@nordlicht.example")
    shoot(page, "sign-in-set-up")
    page.get_by_label("Alternative e-mail").fill("ada@home.example")
    click(page, "Sign up")
    assert sees(page, course.title)
    page.goto("/account/")
    assert sees(page, "This page is yours alone")
    shoot(page, "sign-in-personal-page")
    later = open_window(browser, live_server, page.size)
    continue_with_company(later)
    assert sees(later, "My learning")
    shoot(later, "sign-in-learning")
