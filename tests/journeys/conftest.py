"""One browser for all journeys of a process, windows for each of its own, and a worker beside the server."""

import os
from threading import Event, Thread

import pytest
from django.db import connection

from matricula.jobs.performing import perform_due, schedule
from matricula.mail.delivery import deliver_due
from tests.chromium import ARGUMENTS, CHROMIUM
from tests.journeys.walking import open_window


@pytest.fixture(scope="session")
def chromium():
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture
def browser(chromium):
    """The browser; what a test opened in it is closed afterwards."""
    yield chromium
    for context in chromium.contexts:
        context.close()


@pytest.fixture
def worker(transactional_db):
    """A worker beside the server."""
    stopped = Event()

    def work():
        schedule()
        while not stopped.wait(0.05):
            deliver_due()
            perform_due()
        connection.close()

    thread = Thread(target=work)
    thread.start()
    yield
    stopped.set()
    thread.join()


@pytest.fixture(params=["phone", pytest.param("desktop", marks=pytest.mark.once)])
def page(request, browser, live_server):
    """A phone without JavaScript, on every database; then a desk with axe."""
    return open_window(browser, live_server, request.param)


@pytest.fixture
def phone(browser, live_server):
    return open_window(browser, live_server, "phone")


@pytest.fixture
def desk(browser, live_server):
    return open_window(browser, live_server, "desktop")
