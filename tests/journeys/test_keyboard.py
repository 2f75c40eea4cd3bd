"""Ada joins without touching a mouse: Tab, letters, Enter."""

from playwright.sync_api import expect

from conftest import PASSWORD
from tests.journeys.walking import BROWSER_TEST, letter_code, open_link

pytestmark = BROWSER_TEST


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


def test_the_whole_way_in_works_by_keyboard(desk, live_server, worker, invitation, course):
    open_link(desk, live_server, invitation)
    desk.keyboard.press("Tab")
    assert desk.evaluate("document.activeElement.className") == "skip"
    press(desk, "Join now")
    press(desk, course.title)
    press(desk, "Start")
    tab_to(desk, "Full name")
    desk.keyboard.press("Control+A")
    desk.keyboard.type("Ada Okafor")
    write(desk, "Alternative e-mail", "ada@home.example")
    write(desk, "Password", PASSWORD)
    press(desk, "Sign up")
    write(desk, "Code", letter_code("ada@nordlicht.example"))
    press(desk, "Confirm")
    press(desk, "Begin")
    press(desk, "Done, next lesson")
    tab_to(desk, "Stop")
    desk.keyboard.press("Space")
    press(desk, "Hand in")
    expect(desk.get_by_text("Passed.")).to_be_visible()
