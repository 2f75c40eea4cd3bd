"""The browser, and a worker beside the server."""

import os
from threading import Event, Thread

import pytest
from django.db import connection

from matricula.mail.delivery import deliver_due
from tests.journeys.walking import ARGUMENTS, CHROMIUM


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
