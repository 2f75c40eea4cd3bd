"""A company sees of a linked account the work e-mail and what was learned in its programs: never an address
of the person's own, never another organization.

Ada is linked with Nordlicht's sign-in and has a life beside it. Every page of Nordlicht's console, every file
taken from it, every answer of its API and every letter that does not go to Ada herself is searched for that.
"""

import io
import zipfile

import pytest
from django.test import Client
from django.utils import timezone

from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter
from matricula.organizations.models import Affiliation, Organization, Role
from matricula.programs.memberships import enter_program
from matricula.programs.models import Program
from tests.house.addresses import all_addresses
from tests.house.lived_in import BROWSER, LivedIn
from tests.house.test_reading import with_values
from tests.learners import do_everything, short_course

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
HER_OWN = "ada.okafor@private-mail.example"
SEARCHED = ("console/", "api/v1/")
ADDRESSES = [one for one in all_addresses() if one.path.startswith(SEARCHED)]
SECRETS = (
    "private-mail.example",
    "home-of-nordlicht.example",
    "zweite.example",
    "Zweite Firma",
    "Fluchtplan",
    "s-of-the-second",
)
"""Two of Ada's own addresses; of her other company the address, name, program and course, and her subject."""


@pytest.fixture
def lived_in(organization, program, course, bruno, settings):
    settings.API_RATE = 0
    house = LivedIn(organization, program, course, bruno)
    house.identity.email = "ada@nordlicht.example"
    house.identity.save()
    live_elsewhere(house.member)
    return house


def live_elsewhere(ada):
    ada.addresses.create(address=HER_OWN, confirmed_at=timezone.now(), signs_in=True)
    second = Organization.objects.create(slug="zweite", name="Zweite Firma")
    program = Program.objects.create(organization=second, slug="main", name="Fluchtplan")
    Affiliation.objects.create(organization=second, account=ada, work_email="ada@zweite.example")
    membership = enter_program(program=program, account=ada)
    course = short_course(second, "second")
    course.title = "Fluchtplan in drei Schritten"
    course.save()
    program.courses.add(course)
    do_everything(course, membership)
    Role.objects.create(organization=second, account=ada, kind=Role.Kind.OWNER)
    connection = second.connections.create(
        kind="oidc", name="Zweite Firma", state="live", tested_at=timezone.now()
    )
    connection.identities.create(subject="s-of-the-second", account=ada, email="ada@zweite.example")


def all_that_was_said(answer):
    """The text of a page; of a workbook or an archive whatever is packed in it."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if not body.startswith(b"PK"):
        return body.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        return "\n".join(packed.read(one).decode(errors="replace") for one in packed.namelist())


def told(text):
    """Which of Ada's secrets it has."""
    return [one for one in SECRETS if one.lower() in text.lower()]


def looks(house, one):
    """Nordlicht's owner, or its program with every right, at an address."""
    if one.path.startswith("api/"):
        return Client().get(with_values(one, house), headers={"Authorization": f"Bearer {house.secret}"})
    return house.ruler.get(with_values(one, house), **BROWSER)


def test_no_page_no_file_and_no_answer_of_a_companys_tells_of_adas_own_life(lived_in):
    found, names = {}, set()
    for one in ADDRESSES:
        answer = looks(lived_in, one)
        said = all_that_was_said(answer)
        names |= {one.name} if "Ada Okafor" in said else set()
        if tells := told(said):
            found[one.name] = tells
    assert found == {}
    assert len(names) >= 10, "a search of pages that do not know Ada finds nothing"


def test_ada_is_not_found_by_an_address_of_her_own(lived_in):
    for path in ("/console/nordlicht/people/", "/console/nordlicht/invitations/"):
        assert "Ada Okafor" not in lived_in.ruler.get(path, {"q": "private-mail"}).content.decode()
    assert "Ada Okafor" in lived_in.ruler.get("/console/nordlicht/people/", {"q": "okafor"}).content.decode()


def test_no_letter_tells_of_adas_own_life_to_anybody_else(lived_in):
    while deliver_due():
        pass
    hers = lived_in.member.addresses.values_list("address", flat=True)
    letters = InboxLetter.objects.exclude(to__in=list(hers))
    assert letters.filter(text__icontains="nordlicht").count() >= 3
    assert {one.letter.kind: told(one.text) for one in letters if told(one.text)} == {}


def test_the_search_finds_what_there_is(lived_in):
    """Ada herself sees all of it: the words looked for are the words that pages say."""
    said = "".join(
        lived_in.learner.get(path, follow=True).content.decode()
        for path in ("/account/addresses/", "/learn/", "/account/company-sign-ins/")
    )
    assert set(told(said)) >= {"private-mail.example", "zweite.example", "Zweite Firma", "Fluchtplan"}
