"""An address that only takes what is sent leads whoever looks at it to the page it belongs to: a reload of a
page that was the answer to a form, a bookmark, a link that somebody passed on.
"""

import pytest

from tests.house.addresses import Address, all_addresses
from tests.house.lived_in import LivedIn
from tests.house.test_reading import with_values

pytestmark = pytest.mark.django_db
FOR_PROGRAMS = ("api/", "_anymail/")
FOR_PEOPLE = [one for one in all_addresses() if not one.path.startswith(FOR_PROGRAMS)]
LEADS_TO = {
    "learning:finish": "/learn/courses/{0.course.public_id}/lessons/read/",
    "joining:join-now": "/join/welcome/",
    "joining:start": "/join/arrivals/{0.arrival.public_id}/courses/",
    "console:logo": "/console/nordlicht/branding/",
    "departures:stay": "/console/nordlicht/departures/",
    "accounts:sign-out": "/account/",
}


@pytest.fixture
def lived_in(organization, program, course, bruno, settings):
    settings.API_RATE = 0
    return LivedIn(organization, program, course, bruno)


def browser_for(one: Address, house: LivedIn):
    """Of somebody who may open it."""
    if one.path.startswith("learn/"):
        return house.learner
    return house.chika if one.view.access in ("holding_arrival", "holding_offer") else house.ruler


def test_looking_at_any_address_ends_at_a_page(lived_in):
    ended = {}
    for one in FOR_PEOPLE:
        client = browser_for(one, lived_in)
        first = client.get(with_values(one, lived_in))
        assert first.status_code != 405, one.name
        if first.status_code == 302 and one.name not in ("joining:decline-by-letter",):
            ended[one.name] = client.get(first["Location"], follow=True).status_code
    assert {name: status for name, status in ended.items() if status not in (200, 410)} == {}


@pytest.mark.parametrize("name", LEADS_TO)
@pytest.mark.parametrize("method", ["get", "head"])
def test_what_only_takes_leads_to_its_page(lived_in, name, method):
    one = next(one for one in FOR_PEOPLE if one.name == name)
    answer = getattr(browser_for(one, lived_in), method)(with_values(one, lived_in))
    assert (answer.status_code, answer["Location"]) == (302, LEADS_TO[name].format(lived_in))


def test_what_is_sent_to_a_page_that_takes_nothing_is_told_so_with_a_way_on(lived_in):
    answer = lived_in.learner.post("/learn/")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert "Open the page" in answer.content.decode()


def test_programs_are_told_the_method_as_before(lived_in):
    assert lived_in.outsider.get("/_anymail/sendgrid/tracking/").status_code in (404, 405)
    answer = lived_in.caller.ask("PUT", "programs/")
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")
