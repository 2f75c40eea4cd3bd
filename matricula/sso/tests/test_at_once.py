"""What one answer costs the database, and that forty who bring it at once get in once."""

import copy
from collections import Counter

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from matricula.identities.models import CompanySession, Identity
from matricula.sso.tests import openid
from matricula.sso.tests.minting import ADA
from matricula.sso.tests.saml import answer_to, leave, linked, path_of
from tests.at_once import all_at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
FORTY = 40


@pytest.fixture
def saml_answer(live, ada, settings, monkeypatch):
    """A browser of Ada's that is back from the provider, and what the provider posts."""
    Identity.objects.create(connection=live, subject=ADA, account=ada, email=ADA)
    live.certificates.update(last_used_at=timezone.now())  # noted once an hour
    browser = Client()
    return browser, live, answer_to(live, leave(browser, live), settings, monkeypatch)


@pytest.fixture
def openid_answer(olga, ada, provider):
    """A browser of Ada's, and the address the provider sent it back to."""
    connection, browser = openid.live(olga, provider), Client()
    Identity.objects.create(
        connection=connection, subject="ada-1", account=ada, email="ada@nordlicht.example"
    )
    return browser, openid.at_provider(browser.post(f"/sso/nordlicht/{connection.public_id}/start/"), "ada-1")


def same_browser(browser):
    """Another tab of it: the cookies it has by now."""
    tab = Client()
    tab.cookies = copy.deepcopy(browser.cookies)
    return tab


def statements(browser, work):
    with CaptureQueriesContext(database) as asked:
        answer = work()
    return answer, [one["sql"] for one in asked.captured_queries]


@pytest.mark.filterwarnings("ignore")
def test_adas_sign_in_by_openid_connect_costs_eight_statements(openid_answer):
    browser, back = openid_answer
    answer, asked = statements(browser, lambda: browser.get(back))
    assert answer.headers["Location"] == "/learn/"
    assert len(asked) == 8, asked


def test_adas_sign_in_by_saml_costs_five_statements_to_keep_and_ten_to_judge(saml_answer):
    browser, connection, content = saml_answer
    where, asked = statements(
        browser, lambda: Client().post(path_of(connection, "acs"), {"SAMLResponse": content})
    )
    assert len(asked) == 5, asked
    answer, asked = statements(browser, lambda: browser.get(where.headers["Location"]))
    assert answer.headers["Location"] == "/learn/"
    assert len(asked) == 10, asked


@pytest.mark.filterwarnings("ignore")
def test_races_of_forty_tabs_with_one_openid_answer_open_one_session(openid_answer):
    browser, back = openid_answer
    tabs = [same_browser(browser) for _ in range(FORTY)]
    told = all_at_once(*(lambda tab=tab: tab.get(back).status_code for tab in tabs))
    assert Counter(told) == {302: 1, 403: FORTY - 1}
    assert CompanySession.objects.count() == 1


def test_races_of_forty_tabs_with_one_stored_saml_answer_open_one_session(saml_answer):
    browser, connection, content = saml_answer
    where = Client().post(path_of(connection, "acs"), {"SAMLResponse": content}).headers["Location"]
    tabs = [same_browser(browser) for _ in range(FORTY)]
    told = all_at_once(*(lambda tab=tab: tab.get(where).status_code for tab in tabs))
    assert Counter(told) == {302: 1, 403: FORTY - 1}
    assert CompanySession.objects.count() == 1


def test_races_of_one_saml_answer_posted_forty_times_open_one_session(saml_answer):
    browser, connection, content = saml_answer
    tabs = [same_browser(browser) for _ in range(FORTY)]

    def come(tab):
        posted = Client().post(path_of(connection, "acs"), {"SAMLResponse": content})
        return tab.get(posted.headers["Location"]).status_code if posted.status_code == 303 else 403

    told = all_at_once(*(lambda tab=tab: come(tab) for tab in tabs))
    assert Counter(told) == {302: 1, 403: FORTY - 1}
    assert CompanySession.objects.count() == 1


def test_races_of_one_unasked_saml_answer_posted_forty_times_open_one_session(
    live,
    ada,
    settings,
    monkeypatch,
):
    """No flow keeps them apart here: the assertion comes once."""
    type(live).objects.update(takes_unsolicited=True)
    linked(live, ada, subject=ADA)
    content = answer_to(live, "", settings, monkeypatch)

    def come():
        posted, tab = Client().post(path_of(live, "acs"), {"SAMLResponse": content}), Client()
        return tab.get(posted.headers["Location"]).status_code

    told = all_at_once(*(come for _ in range(FORTY)))
    assert Counter(told) == {302: 1, 403: FORTY - 1}
    assert CompanySession.objects.count() == 1
