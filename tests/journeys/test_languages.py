"""G4: no page scrolls sideways where words are longer, or run from right to left."""

import pytest
from django.conf import settings as site

from matricula.accounts.models import Account
from tests.house.lived_in import LivedIn
from tests.house.test_reading import ADDRESSES, people, with_values
from tests.journeys.walking import BROWSER_TEST, is_wider_than
from tests.pseudo import fall_silent, speak_pseudo

pytestmark = BROWSER_TEST
NARROW = {"width": 320, "height": 640}
NO_PAGES = ("api/", "_", "metrics", "healthz", "readyz")
BY_ITSELF = {"letters:content", "console:sample"}
"""Shown in a frame of another page."""


@pytest.fixture
def house(transactional_db, organization, program, course, bruno, settings):
    settings.API_RATE = 0
    return LivedIn(organization, program, course, bruno)


@pytest.fixture
def longer_words(settings, tmp_path):
    speak_pseudo(settings, tmp_path)
    yield
    fall_silent()


def pages_of(house):
    """(who looks, path) of everything that is a page for them, asked for once without a browser."""
    for one in ADDRESSES:
        if one.path.startswith(NO_PAGES) or one.name in BY_ITSELF:
            continue
        path = with_values(one, house)
        for who, (client, sent) in people(house, one).items():
            answer = client.get(path, **sent)
            if answer.status_code == 200 and answer.get("Content-Type", "").startswith("text/html"):
                yield who, path


def enter(page, client, language):
    page.context.clear_cookies()
    page.context.add_cookies(
        [
            {"name": name, "value": one.value, "url": page.base}
            for name, one in client.cookies.items()
            if one.value and not one["path"].startswith("/join/")
        ]
        + [{"name": site.LANGUAGE_COOKIE_NAME, "value": language, "url": page.base}]
    )


@pytest.mark.parametrize("language", ["de", "ar"])
def test_g4_no_page_scrolls_sideways(phone, house, longer_words, language):
    Account.objects.update(language=language)
    phone.set_viewport_size(NARROW)
    wide, looking = [], ""
    for who, path in sorted(set(pages_of(house))):
        if who != looking:
            enter(phone, {"ada": house.learner, "bruno": house.ruler}.get(who, house.chika), language)
            looking = who
        if who in ("ada", "bruno", "chika"):
            phone.goto(path)
            if is_wider_than(NARROW, phone):
                wide.append((who, path))
    if wide:
        pytest.fail("\n".join(f"{who} at {path}" for who, path in wide))
