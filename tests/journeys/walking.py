"""A real browser, a worker beside the server, and how people move through pages."""

import os
import re
import time
from pathlib import Path
from threading import Event

import pytest
from django.test import Client

from conftest import PASSWORD
from matricula.invitations.models import InvitationToken, mint_link
from matricula.mail.models import InboxLetter
from tests.chromium import CHROMIUM, SIZES

BROWSER_TEST = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="LEFT OUT: Chromium is not installed"),
]
AXE = (Path(__file__).parents[1] / "vendor/axe.min.js").read_text()
SHOTS = os.environ.get("SCREENSHOTS")
PATIENCE = 15_000
"""Milliseconds."""
WORKER_SECONDS = 60
"""For what a worker does beside a browser and a server, on a machine that is busy."""

RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
COLOURS = ["color-contrast", "link-in-text-block"]
"""What another colour scheme can change."""
LOOK = """only => axe.run({runOnly: only, resultTypes: ["violations"], preload: {assets: ["media"]}})
    .then(found => found.violations.map(one => [one.id, one.nodes[0].html]))"""
"""Only what is wrong leaves the page: all that is right, too, cost three times what axe itself does."""


def open_context(browser, address, size):
    """A browser of somebody's own: its cookies are nobody else's."""
    context = browser.new_context(
        base_url=address,
        bypass_csp=True,
        viewport=SIZES[size],
        java_script_enabled=size == "desktop",
        has_touch=size == "phone",
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE)
    context.size, context.base = size, address
    return context


def open_page(context):
    page = context.new_page()
    page.size, page.base = context.size, context.base
    return page


def open_window(browser, live_server, size):
    """Another device."""
    return open_page(open_context(browser, live_server.url, size))


def shoot(page, name):
    """Look at a page as axe does, in light and dark; see that nobody has to scroll sideways; take a picture.

    axe needs JavaScript, so it looks at a desk.
    """
    page.wait_for_load_state()
    assert not is_wider_than(SIZES[page.size], page), name
    if page.size == "desktop":
        page.emulate_media(color_scheme="light")
        page.evaluate(AXE)
        assert faults(page) == [], f"{name}, light"
        page.emulate_media(color_scheme="dark")
        found = faults(page, COLOURS)
        assert found == [], f"{name}, dark: {found}"
        page.emulate_media(color_scheme="light")
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}-{page.size}.png", full_page=True)


def is_wider_than(size, page):
    return page.evaluate("document.documentElement.scrollWidth") > size["width"]


def faults(page, rules=None):
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": RULES}
    return [tuple(one) for one in page.evaluate(LOOK, only)]


def sign_in(page, account, *, fresh=True):
    """Somebody who logged in before: by cookie, where logging in is not what the test is about."""
    client = Client(headers={"User-Agent": page.size})
    client.force_login(account)
    session = client.session
    session["proved_at"] = time.time() if fresh else 0
    session.save()
    page.context.add_cookies(
        [{"name": "matricula", "value": client.cookies["matricula"].value, "url": page.base}]
    )


def log_in(page, address, password=PASSWORD):
    """By the form, on whatever page shows it: at once, or the e-mail first."""
    page.get_by_label("E-mail", exact=True).fill(address)
    onward = page.locator("main").get_by_role("button", name="Continue", exact=True)
    if onward.count():
        onward.click()
    page.get_by_label("Password").fill(password)
    click(page.locator("main"), "Log in")


def when(there, what):
    """What the worker brings about, once it is there."""
    end = time.monotonic() + WORKER_SECONDS
    while time.monotonic() < end:
        if found := there():
            return found
        Event().wait(0.05)
    raise AssertionError(f"{what} did not come in {WORKER_SECONDS} s")


def letter_to(address, kind):
    """The text of the newest letter of this kind, once the worker has delivered it."""
    letters = InboxLetter.objects.filter(to=address, letter__kind=kind)
    return when(letters.last, f"a letter of {kind} to {address}").text


def letter_code(address):
    return re.search(r"^\d{6}$", letter_to(address, "accounts.confirmation"), re.M)[0]


def letter_link(address, kind):
    """The path of the link in a letter."""
    return "/" + re.search(r"https?://[^/\s]+/(\S+)", letter_to(address, kind))[1]


def open_link(page, live_server, invitation):
    link = mint_link(invitation, InvitationToken.Channel.MAIL)
    page.goto("/join/" + link.split("/join/")[1])


def click(page, name, role="button"):
    page.get_by_role(role, name=re.compile(f"^{name}$", re.I)).click()


def log_out(page):
    """By the menu that carries one's name."""
    page.locator(".name-menu > summary").click()
    click(page, "Log out")


def open_account_page(page, label):
    """One of the pages of the account: behind one line on a phone, a tab at a desk."""
    if page.size == "phone":
        page.locator(".page-menu > summary").click()
    click(page, label, role="link")


def sees(page, heading):
    """Whether the page's own heading is this one."""
    page.get_by_role("heading", level=1, name=re.compile(f"^{heading}$", re.I)).wait_for()
    return True
