"""What becomes of a thousand courses: folded, searched, some on a page, and all in a file."""

import csv
import re

import pytest
from django.test import Client

from conftest import PASSWORD, person
from matricula.learning.models import Enrolment
from matricula.leaving.models import Combining
from matricula.leaving.tests.two_lives import TwoLives, combined, joined, program_of
from matricula.organizations.models import Organization

pytestmark = pytest.mark.django_db
COMBINE, PREVIEW = "/account/combine/", "/account/combine/preview/"
COURSES = 1000


def browser_of(address: str) -> Client:
    client = Client()
    client.post("/account/log-in/", {"email": address, "password": PASSWORD})
    return client


def proven() -> Client:
    browser = browser_of("ada@home.example")
    browser.post(COMBINE, {"password": PASSWORD})
    browser.post(COMBINE, {"email": "king@home.example", "password": PASSWORD})
    return browser


@pytest.fixture
def a_thousand(db):
    """Ada King has begun a thousand courses."""
    here, there = person("Ada Lovelace", "ada@home.example"), person("Ada King", "king@home.example")
    company = Organization.objects.create(slug="acme", name="ACME")
    made = company.courses.bulk_create(
        company.courses.model(
            organization=company, slug=f"c{n}", title=f"Course {n:04}", summary="S", topic="X"
        )
        for n in range(COURSES)
    )
    membership = joined(program_of(company, "Welcome"), there, "king@acme.example")
    Enrolment.objects.bulk_create(Enrolment(account=there, course=one, membership=membership) for one in made)
    return here, there


def test_a_thousand_courses_are_folded_and_fifty_of_them_on_a_page(a_thousand):
    browser = proven()
    answer = browser.get(f"{PREVIEW}?keep=here")
    page = answer.content.decode()
    assert len(answer.content) < 60_000
    assert re.search(r'<strong>Courses</strong> <span class="muted">1000</span>', page)
    assert page.count("Course 0") == 50
    following = re.search(r'href="([^"#]*\?[^"#]*)#section-\d+">Show the next', page)[1].replace("&amp;", "&")
    assert "keep=here" in following
    page = browser.get(following).content.decode()
    assert "Course 0050" in page
    assert "Course 0049" not in page
    assert 'name="digest"' in page, "the button is on every page"


def test_a_course_is_found_without_a_script(a_thousand):
    browser = proven()
    page = browser.get(f"{PREVIEW}?keep=here&q=course+0777").content.decode()
    assert "Course 0777" in page
    assert "Course 0776" not in page
    assert 'name="keep" value="here"' in page
    assert "Nothing here says" in browser.get(f"{PREVIEW}?keep=here&q=zzz").content.decode()


def test_the_whole_list_is_a_file(a_thousand):
    browser = proven()
    answer = browser.get(f"{PREVIEW}?keep=here&as=csv&q=0777")
    rows = list(csv.reader(answer.content.decode("utf-8-sig").splitlines()))
    assert answer["Cache-Control"] == "no-store"
    assert len([one for one in rows if one[0] == "Courses"]) == COURSES
    assert not Combining.objects.exists()


def test_what_was_combined_is_searched_and_downloaded_too(db):
    ada = TwoLives()
    combining = combined(ada.here, ada.there)
    browser, address = browser_of("ada@home.example"), f"/account/combinings/{combining.public_id}/"
    assert "Growth" in browser.get(address).content.decode()
    page = browser.get(f"{address}?q=pooled").content.decode()
    assert "pooled" in page
    assert "<strong>Growth</strong>" not in page
    assert "goes back" in browser.get(f"{address}?as=csv").content.decode("utf-8-sig")


@pytest.mark.parametrize(
    "query", ["section=1&from=x", "section=999&from=99999999", "from=-1", "section=²&from=²"]
)
def test_bad_input_a_page_that_is_none_is_the_first(a_thousand, query):
    assert proven().get(f"{PREVIEW}?keep=here&{query}").status_code == 200
