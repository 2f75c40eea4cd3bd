"""The design page, in light and dark, on a phone and at a desk."""

import pytest
from playwright.sync_api import expect

from tests.journeys.walking import AXE, BROWSER_TEST, faults

pytestmark = BROWSER_TEST


@pytest.fixture(params=["light", "dark"])
def window(request, browser):
    context = browser.new_context(bypass_csp=True, color_scheme=request.param)
    yield context.new_page()
    context.close()


def test_every_component_is_accessible_in_light_and_dark(window, live_server):
    window.goto(live_server.url + "/_design/")
    window.evaluate(AXE)
    assert faults(window) == []


def test_no_component_is_wider_than_a_phone(window, live_server):
    window.set_viewport_size({"width": 320, "height": 700})
    window.goto(live_server.url + "/_design/")
    assert window.evaluate("document.documentElement.scrollWidth") == 320


def test_a_dialog_opens_and_closes_by_keyboard(window, live_server):
    window.goto(live_server.url + "/_design/")
    window.get_by_role("button", name="Open a dialog").focus()
    window.keyboard.press("Enter")
    expect(window.get_by_role("dialog")).to_be_visible()
    window.keyboard.press("Escape")
    expect(window.get_by_role("dialog")).to_be_hidden()


def test_the_chosen_scheme_stays_on_the_next_page(window, live_server):
    window.goto(live_server.url + "/_design/")
    was_dark = window.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    chosen = "light" if was_dark else "dark"
    window.get_by_role("button", name="Light or dark").click()
    expect(window.locator("html")).to_have_attribute("data-theme", chosen)
    window.wait_for_function("document.cookie.includes('theme=')")
    window.goto(live_server.url + "/account/log-in/")
    expect(window.locator("html")).to_have_attribute("data-theme", chosen)
