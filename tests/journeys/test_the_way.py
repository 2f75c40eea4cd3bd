"""Ada's way in a real browser, from the letter to the certificate."""

import os
import re
from pathlib import Path
from threading import Event, Thread

import pytest
from django.db import connection

from conftest import PASSWORD
from matricula.joining.inviting import mint_link
from matricula.joining.models import InvitationToken
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter
from matricula.organizations.models import Role

CHROMIUM = "/usr/bin/chromium"
pytestmark = [
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


@pytest.fixture
def browser():
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def worker(transactional_db):
    """A worker beside the server."""
    stopped = Event()

    def work():
        while not stopped.wait(0.1):
            deliver_due()
        connection.close()

    thread = Thread(target=work)
    thread.start()
    yield
    stopped.set()
    thread.join()


@pytest.fixture(params=["phone", "desktop"])
def page(request, browser):
    size = {"width": 390, "height": 844} if request.param == "phone" else {"width": 1280, "height": 900}
    context = browser.new_context(
        bypass_csp=True, viewport=size, java_script_enabled=request.param == "desktop"
    )
    opened = context.new_page()
    opened.set_default_timeout(15_000)
    opened.size = request.param
    return opened


def shoot(page, name):
    """Look at a page as axe does (desktop only, it needs JavaScript), and take its picture when asked."""
    page.wait_for_load_state("networkidle")
    if page.size == "desktop":
        page.evaluate(AXE)
        found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
        assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == [], name
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}-{page.size}.png")


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


def test_b1_b2_c1_c4_f1_f2_ada_joins_with_a_new_account_and_keeps_the_certificate(
    page, live_server, worker, invitation, course
):
    open_link(page, live_server, invitation)
    assert page.url == live_server.url + "/join/welcome/"
    shoot(page, "welcome")
    click(page, "Join now")
    shoot(page, "browse")
    click(page, course.title, role="link")
    shoot(page, "course")
    click(page, "Start")
    assert page.get_by_role("heading", name=re.compile("set up your account", re.I)).is_visible()
    page.get_by_label("Full name").fill("Ada Okafor")
    assert page.get_by_label("Work e-mail").input_value() == "ada@nordlicht.example"
    page.get_by_label("Password").fill("short")
    page.get_by_label("Alternative e-mail").fill("ada@home.example")
    click(page, "Sign up")
    assert page.get_by_role("alert").first.is_visible()
    assert page.get_by_label("Alternative e-mail").input_value() == "ada@home.example"
    shoot(page, "account")
    page.get_by_label("Password").fill(PASSWORD)
    click(page, "Sign up")
    shoot(page, "confirm")
    page.get_by_label("Code").fill(letter_code("ada@nordlicht.example"))
    click(page, "Confirm")
    shoot(page, "started")
    click(page, "Begin", role="link")
    shoot(page, "lesson")
    page.get_by_role("button", name="Done, next lesson").click()
    page.get_by_label("Stop").check()
    page.get_by_role("button", name="Hand in").click()
    assert page.get_by_text("Passed.").is_visible()
    shoot(page, "quiz")
    page.get_by_role("link", name="Back to the course").click()
    page.get_by_role("link", name="See your certificate").click()
    assert page.get_by_role("heading", name="Ada Okafor").is_visible()
    shoot(page, "certificate")
    page.goto(live_server.url + "/learn/")
    shoot(page, "learning")


def test_b3_chika_is_signed_in_and_joins_as_herself(page, live_server, worker, invitation, chika, course):
    page.goto(live_server.url + "/account/log-in/")
    page.get_by_label("E-mail", exact=True).fill("chika@elsewhere.example")
    page.get_by_label("Password").fill(PASSWORD)
    click(page.locator("main"), "Log in")
    open_link(page, live_server, invitation)
    assert page.get_by_role("button", name="Use another account").is_visible()
    shoot(page, "signed-in")
    click(page, "Join as Chika Obi")
    click(page, course.title, role="link")
    click(page, "Start")
    page.get_by_label("Code").fill(letter_code("ada@nordlicht.example"))
    click(page, "Confirm")
    assert page.get_by_role("heading", name=course.title).is_visible()
    open_link(page, live_server, invitation)
    assert "/learn/programs/" in page.url


def test_a7_an_unknown_link_says_what_to_do(page, live_server):
    page.goto(live_server.url + "/join/" + "x" * 43 + "/")
    assert page.get_by_role("heading", name="We do not know this link").is_visible()
    shoot(page, "unknown-link")


def test_the_other_pages_are_accessible(page, live_server, worker, organization, invitation, bruno):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    for path in ("/account/log-in/", "/account/forgotten/", "/join/lost-letter/", "/_mail/", "/nowhere/"):
        page.goto(live_server.url + path)
        shoot(page, path.strip("/").replace("/", "-"))
    page.goto(live_server.url + "/account/log-in/")
    page.get_by_label("E-mail", exact=True).fill("bruno@nordlicht.example")
    page.get_by_label("Password").fill(PASSWORD)
    click(page.locator("main"), "Log in")
    for path in ("/account/", "/console/nordlicht/", "/certificates/"):
        page.goto(live_server.url + path)
        shoot(page, path.strip("/").replace("/", "-"))


def test_c3_d1_chika_links_the_account_she_already_owns(page, live_server, worker, invitation, chika, course):
    open_link(page, live_server, invitation)
    click(page, "Join now")
    click(page, course.title, role="link")
    click(page, "Start")
    click(page, "Link your account", role="link")
    page.get_by_label("E-mail", exact=True).fill("chika@elsewhere.example")
    page.get_by_label("Password").fill("wrong password")
    click(page.locator("main"), "Log in")
    assert page.get_by_role("alert").is_visible()
    page.get_by_label("Password").fill(PASSWORD)
    click(page.locator("main"), "Log in")
    page.get_by_label("Code").fill(letter_code("ada@nordlicht.example"))
    click(page, "Confirm")
    assert page.get_by_role("heading", name=course.title).is_visible()
