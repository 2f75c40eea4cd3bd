"""Ada joins without touching a mouse: Tab, letters, Enter."""

import pytest

from conftest import PASSWORD
from tests.journeys.walking import BROWSER_TEST, letter_code, open_link

pytestmark = BROWSER_TEST


@pytest.fixture
def keys(browser, live_server):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


OUTLINED = """() => [document.activeElement, document.activeElement.closest('.card, .option')]
    .some((element) => element && getComputedStyle(element).outlineStyle !== 'none')"""
NAME = "() => (document.activeElement.labels?.[0] ?? document.activeElement).innerText.trim().toLowerCase()"


def tab_to(page, name: str) -> None:
    """Press Tab until what has the focus is called `name`; one can see where that is."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(NAME).startswith(name.lower()):
            assert page.evaluate(OUTLINED), name
            return
    raise AssertionError(f"Tab never reaches {name}")


def press(page, name: str) -> None:
    tab_to(page, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def write(page, name: str, text: str) -> None:
    tab_to(page, name)
    page.keyboard.type(text)


def test_the_whole_way_in_works_by_keyboard(keys, live_server, worker, invitation, course):
    open_link(keys, live_server, invitation)
    keys.keyboard.press("Tab")
    assert keys.evaluate("document.activeElement.className") == "skip"
    press(keys, "Join now")
    press(keys, course.title)
    press(keys, "Start")
    tab_to(keys, "Full name")
    keys.keyboard.press("Control+A")
    keys.keyboard.type("Ada Okafor")
    write(keys, "Alternative e-mail", "ada@home.example")
    write(keys, "Password", PASSWORD)
    press(keys, "Sign up")
    write(keys, "Code", letter_code("ada@nordlicht.example"))
    press(keys, "Confirm")
    press(keys, "Begin")
    press(keys, "Done, next lesson")
    tab_to(keys, "Stop")
    keys.keyboard.press("Space")
    press(keys, "Hand in")
    assert keys.get_by_text("Passed.").is_visible()
