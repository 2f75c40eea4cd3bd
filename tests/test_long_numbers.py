"""Numbers in addresses and filters, of any length and in any script: no row has them, and nothing breaks."""

import pytest
from django.test import Client

from matricula.organizations.models import Role

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
LONG = "9" * 19, "9223372036854775807", "9223372036854775808", "9" * 400
PAGES = [
    "/console/nordlicht/people/memberships/{}/removal/",
    "/console/nordlicht/administrators/{}/removal/",
    "/account/addresses/{}/remove/",
    "/account/confirm/{}/not-mine/",
    "/account/reset/{}/",
]


@pytest.fixture
def bruno_s(organization, program, bruno, client) -> Client:
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    client.post("/account/log-in/", {"email": "bruno@nordlicht.example", "password": "correct horse battery"})
    return client


@pytest.mark.parametrize("number", LONG)
@pytest.mark.parametrize("page", PAGES)
def test_ids_of_nineteen_digits_and_more_are_of_nobody(bruno_s, page, number):
    answers = {bruno_s.post(page.format(number)).status_code, bruno_s.get(page.format(number)).status_code}
    assert answers <= {302, 404, 405, 410}


@pytest.mark.parametrize("number", [*LONG, "²", "٣", "①", "-1", "1e3"])
def test_a_filter_by_a_number_that_is_none_shows_people(bruno_s, number):
    assert bruno_s.get("/console/nordlicht/people/", {"group": number, "before": number}).status_code == 200
