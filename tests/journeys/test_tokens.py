"""Bruno makes a token for the payroll program, and reads what it can do."""

import re

import pytest
from playwright.sync_api import expect

from matricula.api.models import Token
from matricula.organizations.models import Role
from tests.journeys.walking import BROWSER_TEST, click, shoot, sign_in

pytestmark = BROWSER_TEST


@pytest.fixture
def console(page, organization, bruno):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    sign_in(page, bruno)
    page.goto("/console/nordlicht/tokens/")
    return page


def test_g1_bruno_makes_a_token_copies_it_and_revokes_it(console):
    page = console
    shoot(page, "tokens-none")
    click(page, "New token", "link")
    click(page, "Make the token")
    expect(page.get_by_role("alert")).to_have_count(2)
    page.get_by_label("Name", exact=True).fill("Payroll sync")
    page.get_by_label("Read people, their memberships and their progress").check()
    shoot(page, "token-new")
    click(page, "Make the token")
    expect(page.get_by_label("Token")).to_have_value(re.compile("matricula_"))
    shoot(page, "token-made")
    click(page, "I copied it", "link")
    shoot(page, "tokens")
    click(page, "Revoke Payroll sync", "link")
    click(page, "Revoke")
    expect(page.get_by_text("Payroll sync is revoked")).to_be_visible()
    assert Token.objects.filter(revoked_at__isnull=False).count() == 1


def test_g2_the_api_reference_is_read_from_the_console(console):
    page = console
    click(page, "What they can do", "link")
    shoot(page, "api-reference")
    click(page, "Invitations", "link")
    click(page, "Create invitation", "link")
    expect(page).to_have_url(re.compile("#create-invitation$"))
    operation = page.locator("#create-invitation")
    operation.get_by_text("Answer 201").click()
    expect(operation.get_by_text('"state": "queued"')).to_be_visible()
