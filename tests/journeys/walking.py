"""A real browser, a worker beside the server, and how people move through pages."""

import os
import re
from pathlib import Path
from threading import Event

import pytest

from matricula.joining.inviting import mint_link
from matricula.joining.models import InvitationToken
from matricula.mail.models import InboxLetter

CHROMIUM = "/usr/bin/chromium"
BROWSER_TEST = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="LEFT OUT: Chromium is not installed"),
]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
AXE = (Path(__file__).parents[1] / "vendor/axe.min.js").read_text()
SHOTS = os.environ.get("SCREENSHOTS")


RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]


def shoot(page, name):
    """Look at a page as axe does, in light and dark (at a desk: it needs JavaScript); take a picture."""
    page.wait_for_load_state("networkidle")
    if page.size == "desktop":
        page.evaluate(AXE)
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            assert faults(page) == [], f"{name}, {scheme}"
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}-{page.size}.png")


def faults(page):
    found = page.evaluate(f"axe.run(document, {{runOnly: {RULES}}})")
    return [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]]


def letter_code(address):
    for _ in range(100):
        found = InboxLetter.objects.filter(to=address, letter__kind="accounts.confirmation").last()
        if found:
            return re.search(r"^\d{6}$", found.text, re.M)[0]
        Event().wait(0.1)
    raise AssertionError("no letter came")


def open_link(page, live_server, invitation):
    link = mint_link(invitation, InvitationToken.Channel.MAIL)
    page.goto(live_server.url + "/join/" + link.split("/join/")[1])


def click(page, name, role="button"):
    page.get_by_role(role, name=re.compile(f"^{name}$", re.I)).click()
