"""One browser for all journeys of a process, windows for each of its own, and a worker beside the server."""

import os
from threading import Event, Thread, local

import pytest
from django.core.signals import request_finished, request_started
from django.db import Error, connection

from matricula.jobs.queue import perform_due, schedule_recurring
from matricula.mail.delivery import deliver_due
from tests.chromium import ARGUMENTS, CHROMIUM, SIZES
from tests.journeys.walking import open_context, open_page

PAUSE_SECONDS = 1


@pytest.fixture(scope="session")
def chromium():
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def kept(chromium, live_server):
    """A window of each size for all tests: to open one costs as much again as a journey."""
    return {size: open_page(open_context(chromium, live_server.url, size)) for size in SIZES}


@pytest.fixture
def browser(chromium, kept):
    """The browser; what a test opened in it is closed afterwards, and what it left behind forgotten."""
    yield chromium
    for context in chromium.contexts:
        own = kept.get(getattr(context, "size", None))
        if own is None or own.context != context:
            context.close()
        else:
            clear(own)


def clear(page):
    """As if its window had been opened a moment ago."""
    for other in page.context.pages:
        if other != page:
            other.close()
    page.context.clear_cookies()
    page.set_viewport_size(SIZES[page.size])
    page.emulate_media(color_scheme="light")
    page.goto("about:blank")


@pytest.fixture
def worker(transactional_db):
    """A worker beside the server, at work when something sent was answered, else only now and then."""
    woken, stopped, answering = Event(), Event(), local()

    def note(environ, **_):
        answering.something_sent = environ["REQUEST_METHOD"] == "POST"

    def wake(**_):
        if getattr(answering, "something_sent", False):
            woken.set()

    def work():
        schedule_recurring()
        while not stopped.is_set():
            try:
                while deliver_due() + perform_due():
                    pass
            except Error:  # the database was held for too long, or let go: a worker begins anew
                connection.close()
            woken.wait(PAUSE_SECONDS)
            woken.clear()
        connection.close()

    request_started.connect(note)
    request_finished.connect(wake)
    thread = Thread(target=work)
    thread.start()
    yield
    request_started.disconnect(note)
    request_finished.disconnect(wake)
    stopped.set()
    woken.set()
    thread.join()


@pytest.fixture(params=["phone", "desktop"])
def page(request, browser, kept):
    """A phone without JavaScript; then a desk with axe."""
    return kept[request.param]


@pytest.fixture
def phone(browser, kept):
    return kept["phone"]


@pytest.fixture
def desk(browser, kept):
    return kept["desktop"]


@pytest.fixture
def window(desk, live_server, settings):
    """A desktop window whose device holds a virtual authenticator."""
    settings.BASE_URL = live_server.url
    tools = desk.context.new_cdp_session(desk)
    tools.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = tools.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    desk.passkeys = tools, made
    yield desk
    tools.send("WebAuthn.disable")
