"""What each step of joining may ask of the database, however many courses there are."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conftest import PASSWORD
from matricula.accounts.letters import compose_confirmation_letter
from matricula.catalog.models import Course
from matricula.mail.models import Letter

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
WORK = ("SELECT", "INSERT", "UPDATE", "DELETE")
MOST = {
    "open the link": 2,
    "welcome": 3,
    "join now": 3,
    "browse": 4,
    "course": 5,
    "start": 4,
    "set up your account": 5,
    "sign up": 19,
    "code asked": 7,  # one more: whether somebody is logged in, who may combine two accounts
    "code entered": 32,
    "course opens": 8,
}


class Counter:
    """Counts what a step asks; transactions and savepoints are not questions."""

    def __init__(self):
        self.counts = {}

    def __call__(self, step, ask, *arguments):
        with CaptureQueriesContext(connection) as asked:
            answer = ask(*arguments)
        self.counts[step] = sum(query["sql"].startswith(WORK) for query in asked)
        return answer


@pytest.fixture
def walk(client, link, course, program, organization):
    def counted(courses):
        for number in range(1, courses):
            program.courses.add(
                Course.objects.create(organization=organization, slug=f"c{number}", title=f"C{number}")
            )
        return steps(client, link, course)

    return counted


def steps(client, link, course):
    count = Counter()
    count("open the link", client.get, link)
    count("welcome", client.get, "/join/welcome/")
    base = count("join now", client.post, "/join/now/")["Location"].removesuffix("courses/")
    count("browse", client.get, f"{base}courses/")
    count("course", client.get, f"{base}courses/{course.public_id}/")
    count("start", client.post, f"{base}start/course/{course.public_id}/")
    count("set up your account", client.get, f"{base}account/")
    form = {"full_name": "Ada", "alternative_email": "ada@home.example", "password": PASSWORD}
    count("sign up", client.post, f"{base}account/", form)
    count("code asked", client.get, f"{base}confirm/")
    letter = Letter.objects.get(kind="accounts.confirmation", to="ada@nordlicht.example")
    code = {"code": compose_confirmation_letter(letter).values["code"]}
    opens = count("code entered", client.post, f"{base}confirm/", code)["Location"]
    assert opens == f"/learn/courses/{course.public_id}/"
    count("course opens", client.get, opens)
    return count.counts


@pytest.mark.parametrize("courses", [1, 3])
def test_w2_no_step_of_joining_asks_more_than_it_may(walk, courses):
    counts = walk(courses)
    assert {step: count for step, count in counts.items() if count > MOST[step]} == {}
