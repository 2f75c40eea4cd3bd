"""Whether an address was invited or belongs to a member, no page of joining tells, nor how long it takes."""

from statistics import median

import pytest
from django.test import Client

from matricula.accounts.tests.test_enumeration import ALIKE, TRIES, seconds
from matricula.invitations.invitations import invite_person
from matricula.jobs.models import Job
from matricula.jobs.queue import perform_due
from matricula.joining.models import Request, RequestByAddress
from matricula.roles.models import Role
from matricula.security.models import Throttle

pytestmark = pytest.mark.django_db(transaction=True)
INVITED, MEMBER, UNKNOWN = "ada@nordlicht.example", "chika@elsewhere.example", "nobody@elsewhere.example"


@pytest.fixture
def people(program, bruno, invitation, chika):
    Role.objects.create(organization=program.organization, account=bruno, kind=Role.Kind.OWNER)
    for number in range(20):
        invite_person(program=program, address=f"p{number}@nordlicht.example", invited_by=bruno)
    Job.objects.all().delete()


@pytest.mark.parametrize("path", ["/join/ask/", "/join/lost-letter/", "/account/forgotten/"])
def test_enumeration_by_time_invited_known_and_unknown_addresses_take_as_long(people, path):
    """A busy machine may part them in one round or another; what the page does parts them in all."""
    assert any(spread_of_medians(path) < ALIKE for _round in range(4))


def spread_of_medians(path):
    """The slowest by the quickest, tried in turn, so that whatever else the machine does meets all alike."""
    client, took = Client(), {INVITED: [], MEMBER: [], UNKNOWN: []}
    for _ in range(TRIES // 2):
        Throttle.objects.all().delete()
        for address, times in took.items():
            times.append(seconds(client, path, {"email": address}))
    medians = [median(times) for times in took.values()]
    return max(medians) / min(medians)


def test_enumeration_by_text_and_rows_asking_leaves_the_same_for_all(people):
    left = []
    for address in (INVITED, MEMBER, UNKNOWN):
        answer = Client().post("/join/ask/", {"email": address})
        left.append((answer.status_code, RequestByAddress.objects.count(), Throttle.objects.count()))
    assert [(status, rows) for status, rows, _ in left] == [(200, 1), (200, 2), (200, 3)]
    first, second, third = (counted for _, _, counted in left)
    assert third - second == second - first == 1, "the network's, and one for each address"


def test_whom_an_invited_address_asks_is_found_by_the_worker_and_no_address_stays(people):
    for address in (INVITED, MEMBER, UNKNOWN):
        Client().post("/join/ask/", {"email": address})
        Client().post("/join/ask/", {"email": address})
    while perform_due():
        pass
    assert [one.address for one in Request.objects.all()] == [INVITED]
    assert not RequestByAddress.objects.exists()
    assert not Job.objects.filter(kind="joining.request_by_address").exclude(state="done").exists()


def test_an_unknown_address_uses_up_the_networks_tries_as_an_invited_one_does(people, settings):
    settings.LIMITS = {**settings.LIMITS, "request-network": (3, 10)}
    statuses = [Client().post("/join/ask/", {"email": f"x{n}@n.example"}).status_code for n in range(4)]
    assert statuses == [200, 200, 200, 429]
