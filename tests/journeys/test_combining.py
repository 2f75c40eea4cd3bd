"""Ada has two accounts: she brings them together on a phone and at a desk, and takes them apart again."""

import base64
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from conftest import PASSWORD
from matricula.joining.direct_links import make_direct_link
from matricula.joining.models import Arrival
from matricula.leaving.models import Combining
from matricula.leaving.tests.two_lives import TwoLives, combined, joined
from tests.journeys.walking import (
    BROWSER_TEST,
    click,
    letter_code,
    letter_link,
    log_in,
    open_account_page,
    sees,
    shoot,
    sign_in,
)

pytestmark = BROWSER_TEST


@pytest.fixture
def ada(transactional_db):
    return TwoLives()


def test_ada_combines_her_two_accounts_and_undoes_it(page, ada, worker):
    sign_in(page, ada.here)
    page.goto("/account/")
    open_account_page(page, "Other accounts")
    shoot(page, "combinings-none")
    click(page, "I have another account", role="link")
    shoot(page, "combine-own")
    page.get_by_label("Password").fill("not the password")
    click(page, "Confirm")
    page.get_by_role("alert").first.wait_for()
    page.get_by_label("Password").fill(PASSWORD)
    click(page, "Confirm")
    assert sees(page, "Now log in to your other account")
    page.get_by_label("E-mail", exact=True).fill("king@home.example")
    page.get_by_label("Password").fill(PASSWORD)
    shoot(page, "combine-other")
    click(page, "Show that it is mine")
    page.get_by_role("heading", name="What becomes of everything").wait_for()
    shoot(page, "combine-preview")
    page.goto("/account/combine/preview/?keep=here")
    page.get_by_label("Both accounts are mine").check()
    click(page, "Combine")
    assert sees(page, "Your two accounts are one")
    shoot(page, "combining")
    page.goto("/account/combinings/")
    shoot(page, "combinings")
    click(page, "Look at it Ada King", role="link")
    click(page, "Undo")
    expect(page.get_by_role("heading", name="Your accounts are two again")).to_be_visible()
    shoot(page, "combining-undone")


def test_ada_is_told_what_stands_against_it(page, ada):
    ada.acme.affiliations.create(account=ada.there, work_email="king@acme.example")
    ada.acme.roles.create(account=ada.there, kind="viewer")
    ada.acme.roles.create(account=ada.here, kind="owner")
    sign_in(page, ada.here)
    page.goto("/account/combine/")
    page.get_by_label("Password").fill(PASSWORD)
    click(page, "Confirm")
    page.get_by_label("E-mail", exact=True).fill("king@home.example")
    page.get_by_label("Password").fill(PASSWORD)
    click(page, "Show that it is mine")
    assert sees(page, "Not yet")
    expect(page.get_by_text("ACME lists you twice")).to_be_visible()
    expect(page.get_by_text("You have a role at ACME in both accounts")).to_be_visible()
    shoot(page, "combine-not-yet")


def test_ada_undoes_it_from_a_letter(page, ada, worker):
    combined(ada.here, ada.there)
    page.goto(letter_link("king@home.example", "leaving.combining"))
    shoot(page, "undo-by-letter")
    page.get_by_label("Password").fill(PASSWORD)
    click(page, "Undo")
    assert sees(page, "Your accounts are two again")
    page.goto("/account/")
    expect(page.get_by_label("Full name")).to_have_value("Ada King")


def test_ada_comes_from_my_learning_and_goes_back_there(page, ada):
    sign_in(page, ada.here)
    page.goto("/learn/")
    shoot(page, "combine-door-learning")
    click(page, "I already have another account", role="link")
    page.get_by_label("Password").fill(PASSWORD)
    click(page, "Confirm")
    page.get_by_label("E-mail", exact=True).fill("king@home.example")
    page.get_by_label("Password").fill(PASSWORD)
    click(page, "Show that it is mine")
    page.get_by_label("Search in this list").fill("pooled")
    click(page, "Search")
    shoot(page, "combine-preview-searched")
    click(page, "Show all again", role="link")
    shoot(page, "combine-preview-all")
    page.get_by_label("Both accounts are mine").check()
    click(page, "Combine")
    assert sees(page, "Your two accounts are one")
    shoot(page, "combining-from-learning")
    click(page, "Go on where you were", role="link")
    assert sees(page, "My learning")


def test_ada_adds_an_address_that_turns_out_to_be_her_other_account(page, ada, worker):
    sign_in(page, ada.here)
    page.goto("/account/addresses/")
    shoot(page, "combine-door-addresses")
    click(page, "Add an address", role="link")
    page.get_by_label("E-mail").fill("king@home.example")
    click(page, "Send the letter")
    page.get_by_label("Code").fill(letter_code("king@home.example"))
    click(page, "Confirm")
    assert sees(page, "This address belongs to another account")
    shoot(page, "mailbox-taken-own")
    click(page, "Combine the two accounts", role="link")
    assert sees(page, "I have another account")


def test_both_accounts_are_shown_by_their_passkeys(window, ada):
    """A device with a passkey of each. Nobody sits there to choose between them, so the first one is taken
    out before the other account is asked for."""
    for one in (ada.there, ada.here):
        sign_in(window, one)
        add_passkey(window)
    window.goto("/account/combine/?next=/learn/")
    click(window, "Use your passkey")
    assert sees(window, "Now log in to your other account")
    shoot(window, "combine-other-passkey")
    take_out_passkeys(window, ada.here)
    click(window, "Use a passkey of the other account")
    window.wait_for_url(re.compile("preview|combine"))
    window.get_by_role("heading", name="What becomes of everything").wait_for()
    assert "next=%2Flearn%2F" in window.url
    window.get_by_label("Both accounts are mine").check()
    click(window, "Combine")
    assert sees(window, "Your two accounts are one")
    made = Combining.objects.get()
    assert made.proofs == {"kept": "passkey", "given_up": "passkey"}


def take_out_passkeys(window, account):
    tools, device = window.passkeys
    handle = base64.b64encode(account.public_id.encode()).decode()
    for one in tools.send("WebAuthn.getCredentials", device)["credentials"]:
        if one["userHandle"] == handle:
            tools.send("WebAuthn.removeCredential", {**device, "credentialId": one["credentialId"]})


def add_passkey(page):
    page.goto("/account/second-factors/passkey/")
    click(page, "Make recovery codes")
    click(page, "I kept them", role="link")
    page.get_by_label("Name of this passkey").fill("My laptop")
    click(page, "Add a passkey")
    page.wait_for_url("**/account/second-factors/")


def test_the_page_for_joining_says_what_to_do_with_two_accounts(page, ada):
    """Nobody is logged in: LINK YOUR ACCOUNT comes first."""
    _, address = make_direct_link(program=ada.welcome, actor=None)
    page.goto("/join/" + address.split("/join/")[1])
    click(page, "Join now")
    page.goto(f"/join/arrivals/{Arrival.objects.latest('pk').public_id}/account/")
    shoot(page, "combine-door-set-up")
    click(page, "Link your account", role="link")
    shoot(page, "combine-door-link")
    log_in(page, "ada@home.example")


def test_bruno_reads_which_of_his_people_are_one_now(page, ada, bruno):
    """Globex knew the account that was given up alone; ACME had an entry of each, of which one had ended."""
    joined(ada.welcome, ada.there, "aking@acme.example")
    ada.acme.affiliations.filter(account=ada.there).update(ended_at=timezone.now())
    for one in (ada.acme, ada.globex):
        one.roles.create(account=bruno, kind="owner")
    combined(ada.here, ada.there)
    sign_in(page, bruno)
    page.goto(f"/console/globex/people/{ada.there.public_id}/")
    page.get_by_role("heading", name="Ada Lovelace").wait_for()
    expect(page.get_by_text("now reached by another account of the same person")).to_be_visible()
    shoot(page, "person-reached")
    page.goto(f"/console/acme/people/{ada.here.public_id}/")
    expect(page.get_by_text("combined with the entry Ada King (aking@acme.example)")).to_be_visible()
    shoot(page, "person-combined")
