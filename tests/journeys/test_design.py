"""The design page, in light and dark, on a phone and at a desk."""

import pytest
from playwright.sync_api import expect

from tests.journeys.walking import AXE, BROWSER_TEST, faults, is_wider_than

pytestmark = BROWSER_TEST
PAGE = "/_design/"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_component_is_accessible_in_light_and_dark(desk, scheme):
    desk.emulate_media(color_scheme=scheme)
    desk.goto(PAGE)
    desk.evaluate(AXE)
    assert faults(desk) == []


def test_no_component_is_wider_than_a_phone(desk):
    narrow = {"width": 320, "height": 700}
    desk.set_viewport_size(narrow)
    desk.goto(PAGE)
    assert not is_wider_than(narrow, desk)


def test_a_dialog_opens_and_closes_by_keyboard(desk):
    desk.goto(PAGE)
    desk.get_by_role("button", name="Open a dialog").focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("dialog")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("dialog")).to_be_hidden()


@pytest.mark.parametrize(("preferred", "chosen"), [("light", "dark"), ("dark", "light")])
def test_the_chosen_scheme_stays_on_the_next_page(desk, preferred, chosen):
    desk.emulate_media(color_scheme=preferred)
    desk.goto(PAGE)
    desk.get_by_role("button", name="Light or dark").click()
    expect(desk.locator("html")).to_have_attribute("data-theme", chosen)
    desk.wait_for_function("document.cookie.includes('theme=')")
    desk.goto("/account/log-in/")
    expect(desk.locator("html")).to_have_attribute("data-theme", chosen)
