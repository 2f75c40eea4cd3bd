"""Somebody who sits down at Chika's browser after her goes back and sees nothing of hers.

The journeys' browser keeps no pages in memory; this one does, as people's do.
"""

import pytest
from playwright.sync_api import expect

from tests.chromium import ARGUMENTS, WHOLE_CHROMIUM
from tests.journeys.walking import BROWSER_TEST, log_in, log_out, open_context, open_page, sees

pytestmark = [
    *BROWSER_TEST,
    pytest.mark.skipif(not WHOLE_CHROMIUM, reason="LEFT OUT: only the whole Chromium keeps pages in memory"),
]
PLAYWRIGHTS_OWN = ["--disable-back-forward-cache", "--headless"]
PERSISTED = "addEventListener('pageshow', (event) => { window.fromMemory = event.persisted; })"


@pytest.fixture
def remembering(chromium, live_server):
    """A window of a browser that shows pages from memory when one goes back."""
    launched = chromium.browser_type.launch(
        executable_path=WHOLE_CHROMIUM,
        args=[*ARGUMENTS, "--headless=new"],
        ignore_default_args=PLAYWRIGHTS_OWN,
    )
    window = open_page(open_context(launched, live_server.url, "desktop"))
    window.add_init_script(PERSISTED)
    yield window
    launched.close()


def go_back(page):
    """A page that comes from memory is not loaded, so nobody can wait for that."""
    page.go_back(wait_until="commit")
    page.wait_for_timeout(500)


def test_this_browser_does_show_a_public_page_from_its_memory(remembering, chika):
    remembering.goto("/account/forgotten/")
    remembering.get_by_label("E-mail").fill("typed@here.example")
    remembering.goto("/account/log-in/")
    go_back(remembering)
    assert remembering.evaluate("window.fromMemory") is True


def test_going_back_after_log_out_shows_nothing_of_chika(remembering, chika):
    remembering.goto("/account/log-in/")
    log_in(remembering, "chika@elsewhere.example")
    remembering.goto("/account/addresses/")
    expect(remembering.get_by_text("chika@elsewhere.example").first).to_be_visible()
    remembering.goto("/account/")
    log_out(remembering)
    assert sees(remembering, "Log in")
    for _ in range(4):
        go_back(remembering)
        expect(remembering.get_by_text("chika@elsewhere.example")).to_have_count(0)
        expect(remembering.get_by_text("Chika Obi")).to_have_count(0)
    for path in ("/account/addresses/", "/account/"):
        remembering.goto(path)
        assert sees(remembering, "Log in")


def test_pages_from_before_logging_in_are_not_in_memory_after_logging_out(remembering, chika):
    """They are nobody's yet, so they may be kept; logging out clears them too."""
    remembering.goto("/account/forgotten/")
    remembering.goto("/account/log-in/")
    log_in(remembering, "chika@elsewhere.example")
    log_out(remembering)
    assert sees(remembering, "Log in")
    for _ in range(4):
        go_back(remembering)
        if remembering.url.endswith("/forgotten/"):
            break
    assert remembering.url.endswith("/forgotten/")
    assert remembering.evaluate("window.fromMemory") is False
