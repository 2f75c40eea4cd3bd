"""`make run`: several people of the demonstration's company sign in at once, served by one process.

The site asks its own address for the token while it answers a page: that page must not be what it waits for.
"""

import re
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from http.cookiejar import CookieJar
from urllib.parse import urlencode

from tests.crash.conftest import answers, until
from tests.crash.test_stopping import is_quiet, site  # noqa: F401

AT_ONCE = 6


class Browser:
    """Cookies and forms, as a browser has them; it follows redirects, within the site."""

    def __init__(self, base):
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self.base, self.opener = base, urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)

    def open(self, address, form=None):
        """Where it ends, and what stands there."""
        data = urlencode(form).encode() if form else None
        asked = urllib.request.Request(address, data, {"Origin": self.base})
        with self.opener.open(asked, timeout=30) as page:
            return page.url, page.read().decode()

    def send(self, address, words, **form):
        """The form of a page, with its token."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', words)[1]
        return self.open(address, {"csrfmiddlewaretoken": token, **form})


def sign_in_as_emre(base):
    browser = Browser(base)
    _address, words = browser.open(f"{base}/sso/nordlicht/")
    start = re.search(r'action="([^"]+/start/)"', words)[1]
    _address, words = browser.send(base + start, words, next="")
    provider = unescape(re.search(r'content="0;url=([^"]+)"', words)[1])
    _address, words = browser.open(provider)
    return browser.send(provider, words, subject="nl-1041", answer="sign-in")


def test_several_people_sign_in_at_once_at_a_site_of_one_process(site):  # noqa: F811
    demo = site("demo", "--serve", MATRICULA_WORKERS="1")
    until(lambda: answers(demo.port), seconds=120)
    base = f"http://127.0.0.1:{demo.port}"
    with ThreadPoolExecutor(AT_ONCE) as pool:
        ends = list(pool.map(sign_in_as_emre, [base] * AT_ONCE))
    assert [address for address, _words in ends] == [f"{base}/learn/"] * AT_ONCE
    assert f"{base}/sso/nordlicht/" in demo.log.read_text()
    assert is_quiet(demo.log), demo.log.read_text()
