"""What is shown once is made once: whoever reloads the page, or presses twice, makes no second secret."""

import re
import time

import pytest
from django.test import Client

from matricula.accounts.models import RecoveryCode
from matricula.api.models import Token
from matricula.joining.models import DirectLink
from matricula.organizations.models import Role
from tests.at_once import all_at_once

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
MARK = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
TOKEN = {"name": "Payroll", "days": 30, "scopes": ["people:read"]}


@pytest.fixture
def bruno_s(organization, bruno, client) -> Client:
    """His browser, in which he has just proved who he is."""
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    client.force_login(bruno)
    session = client.session
    session["proved_at"] = time.time()
    session.save()
    return client


def forms(program):
    """The page of each form, where it is sent, what it asks for, and what it makes."""
    links = f"/console/nordlicht/links/new/{program.public_id}/"
    link = {"expires_on": "2099-01-01", "max_uses": "5"}
    tokens = "/console/nordlicht/tokens/new/"
    factors = "/account/second-factors/"
    return {
        "token": (tokens, tokens, TOKEN, Token),
        "link": (links, links, link, DirectLink),
        "codes": (factors, f"{factors}recovery-codes/", {}, RecoveryCode),
    }


def made(model) -> list[int]:
    return sorted(model.objects.values_list("pk", flat=True))


@pytest.mark.parametrize("kind", ["token", "link", "codes"])
def test_a_reload_makes_nothing_new_and_a_form_that_is_drawn_again_does(bruno_s, program, kind):
    page, path, asked, model = forms(program)[kind]
    first = {**asked, "csrfmiddlewaretoken": mark_on(bruno_s, page)}
    assert bruno_s.post(path, first).status_code == 200
    found = made(model)
    assert found
    reloaded = bruno_s.post(path, first, follow=True)
    assert (reloaded.status_code, "shown once" in reloaded.content.decode()) == (200, True)
    assert made(model) == found
    again = bruno_s.post(path, {**asked, "csrfmiddlewaretoken": mark_on(bruno_s, page)})
    assert (again.status_code, made(model) == found) == (200, False)


def mark_on(browser, page) -> str:
    return MARK.search(browser.get(page).content.decode())[1]


@pytest.mark.django_db(transaction=True)
def test_races_a_form_sent_twice_at_one_moment_makes_one_token(bruno_s, program):
    page, path, asked, _model = forms(program)["token"]
    sent = {**asked, "csrfmiddlewaretoken": mark_on(bruno_s, page)}
    cookies = bruno_s.cookies

    def press() -> int:
        browser = Client()
        browser.cookies = cookies
        return browser.post(path, sent).status_code

    all_at_once(*[press] * 4)
    assert Token.objects.count() == 1
