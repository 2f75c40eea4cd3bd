"""The doors to combining: wherever it shows that Ada has another account, and back to where she was."""

import re
from urllib.parse import quote

import pytest
from django.test import Client

from conftest import PASSWORD, person
from matricula.accounts.confirmation import ask_to_confirm
from matricula.joining.direct_links import make_direct_link
from matricula.joining.models import Arrival
from matricula.leaving.models import Combining
from matricula.leaving.tests.two_lives import TwoLives, combined, program_of
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter
from matricula.organizations.models import Organization

pytestmark = pytest.mark.django_db
COMBINE, PREVIEW = "/account/combine/", "/account/combine/preview/"


@pytest.fixture
def ada(db) -> TwoLives:
    return TwoLives()


def browser_of(address: str) -> Client:
    client = Client()
    client.post("/account/log-in/", {"email": address, "password": PASSWORD})
    return client


def door(page: str) -> str:
    """The address that a page leads to for combining; nothing when it does not."""
    found = re.search(r'href="(/account/combine/[^"]*)"', page)
    return found[1].replace("&amp;", "&") if found else ""


def letter_about(address: str) -> str:
    """The newest one that asks for proof of `address`."""
    while deliver_due():
        pass
    return InboxLetter.objects.filter(to=address, letter__kind="accounts.confirmation").latest("id").text


def code_for(address: str) -> str:
    return re.search(r"^\d{6}$", letter_about(address), re.M)[0]


def walk(browser: Client, start: str) -> str:
    """Through the whole flow from `start`, an address with its way back; the last page."""
    answer = browser.post(start, {"password": PASSWORD})
    answer = browser.post(answer.url, {"email": "king@home.example", "password": PASSWORD})
    page = browser.get(f"{answer.url}&keep=here").content.decode()
    names = ("next", "kept", "given_up", "digest")
    form = {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in names}
    answer = browser.post(f"{COMBINE}now/", form | {"mine": "on"})
    return browser.get(answer.url).content.decode()


def test_my_learning_leads_there_and_back(ada):
    browser = browser_of("ada@home.example")
    start = door(browser.get("/learn/").content.decode())
    assert start == f"{COMBINE}?next={quote('/learn/', safe='')}"
    assert '<a href="/learn/">Not now</a>' in browser.get(start).content.decode()
    page = walk(browser, start)
    assert "Your two accounts are one" in page
    assert '<a class="button" href="/learn/">Go on where you were</a>' in page


def test_not_now_leads_back_too(ada):
    browser = browser_of("ada@home.example")
    browser.post(f"{COMBINE}?next=/learn/", {"password": PASSWORD})
    page = browser.get(f"{COMBINE}?next=/learn/").content.decode()
    assert 'name="next" value="/learn/"' in page
    assert browser.post(f"{COMBINE}stop/", {"next": "/learn/"}).url == "/learn/"


@pytest.mark.parametrize(
    "evil", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:1"]
)
def test_bad_input_the_way_back_stays_on_this_site(ada, evil):
    browser = browser_of("ada@home.example")
    start = f"{COMBINE}?next={quote(evil, safe='')}"
    assert "evil" not in browser.post(start, {"password": PASSWORD}).url
    page = browser.get(start).content.decode()
    assert "evil" not in page.partition("<footer")[0]
    assert browser.post(f"{COMBINE}stop/", {"next": evil}).url == "/account/"


def test_the_way_back_comes_along_through_logging_in(ada):
    """Nobody is logged in: the page of the flow asks for that first."""
    answer = Client().get(f"{COMBINE}?next=/learn/")
    assert answer.url.startswith("/account/log-in/?next=/account/combine/")
    assert "learn" in answer.url


def test_an_added_address_of_the_other_account_leads_there_once_its_code_came(ada):
    """Before the mailbox is proven nothing tells that somebody has the address."""
    browser = browser_of("ada@home.example")
    known = browser.post("/account/addresses/add/", {"email": "king@home.example"}, follow=True)
    unknown = browser.post("/account/addresses/add/", {"email": "nobody@home.example"}, follow=True)
    told = [one.content.decode() for one in (known, unknown)]
    for page in told:
        assert "We wrote to" in page
        assert "another account" not in page
    place = known.request["PATH_INFO"]
    wrong = browser.post(place, {"code": "000000"}).content.decode()
    assert "another account" not in wrong
    answer = browser.post(place, {"code": code_for("king@home.example")})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "This address belongs to another account" in page
    assert "Combine the two accounts" in page
    assert door(page) == f"{COMBINE}?next={quote('/account/addresses/', safe='')}"
    assert ada.there.has_confirmed("king@home.example")


def test_the_link_of_a_letter_leads_there_also_where_nobody_is_logged_in(ada):
    mine = ada.here.addresses.create(address="king@home.example")
    ask_to_confirm(email=mine)
    link = re.search(r"(/account/confirm/\S+)", letter_about("king@home.example"))[1]
    page = Client().get(link, follow=True).content.decode()
    assert "Log in and combine the two" in page
    assert f"/account/log-in/?next={quote(COMBINE, safe='/')}" in page
    assert door(page) == ""


def begun(browser: Client) -> str:
    """JOIN NOW with a link of Initech's; where the steps of this arrival begin."""
    initech = Organization.objects.create(slug="initech", name="Initech")
    _, address = make_direct_link(program=program_of(initech, "Tools"), actor=None)
    browser.get("/join/" + address.split("/join/")[1], HTTP_USER_AGENT="Mozilla/5.0")
    browser.post("/join/now/")
    return f"/join/arrivals/{Arrival.objects.latest('pk').public_id}/"


def test_set_up_your_account_says_that_linking_comes_first(ada):
    browser = Client()
    base = begun(browser)
    for page in ("account", "link-account"):
        told = browser.get(f"{base}{page}/").content.decode()
        assert "Afterwards you can combine the others with it" in told
        assert door(told) == ""


def test_whoever_joins_with_an_account_of_long_ago_is_led_there_and_back_to_joining(ada):
    """Her work e-mail turns out to be the other account's; the code proved the mailbox first."""
    browser = browser_of("ada@home.example")
    base = begun(browser)
    browser.post(f"{base}link-account/mine/")
    browser.post(f"{base}work-email/", {"work_email": "king@home.example"})
    page = browser.get(f"{base}confirm/").content.decode()
    assert "Is this e-mail in another account of yours?" in page
    page = browser.post(f"{base}confirm/", {"code": code_for("king@home.example")}).content.decode()
    assert "This work e-mail belongs to another account" in page
    assert "You are logged in as Ada Lovelace. Is the other account yours, too?" in page
    start = door(page)
    assert start == f"{COMBINE}?next={quote(f'{base}confirm/', safe='')}"
    page = walk(browser, start)
    assert f'href="{base}confirm/">Go on where you were' in page
    page = browser.get(f"{base}confirm/").content.decode()
    assert "One click, and you are in" in page


def test_whoever_signs_up_anew_is_led_to_linking_for_there_is_nothing_to_combine_yet(ada):
    browser = Client()
    base = begun(browser)
    form = {"full_name": "Ada", "password": "a long password", "work_email": "new@acme.example"}
    form |= {"alternative_email": "new@home.example"}
    page = browser.post(f"{base}account/", form, follow=True).content.decode()
    assert "I already have another account: join with that one" in page
    assert door(page) == ""
    page = browser.post(
        f"{base}link-account/", {"email": "ada@home.example", "password": PASSWORD}, follow=True
    )
    assert page.status_code == 200


def test_where_the_site_combines_none_no_page_leads_there(ada, settings):
    settings.COMBINING = "off"
    browser = browser_of("ada@home.example")
    for one in ("/learn/", "/account/addresses/"):
        assert door(browser.get(one).content.decode()) == ""


def test_the_same_page_comes_after_a_second_press_with_the_way_back(ada):
    browser = browser_of("ada@home.example")
    combining = combined(ada.here, person("Ada Byron", "byron@home.example"))
    form = {"kept": ada.here.public_id, "given_up": combining.given_up.public_id, "next": "/learn/"}
    browser = browser_of("ada@home.example")
    answer = browser.post(f"{COMBINE}now/", form)
    assert answer.url == f"/account/combinings/{combining.public_id}/?next=%2Flearn%2F"
    assert Combining.objects.count() == 1
