"""A2: Bruno makes a direct link, sees it once, and turns it off for good."""

import re

import pytest
from django.test import Client

from matricula.joining.models import DirectLink
from matricula.organizations.models import Organization, Role
from matricula.programs.models import Group

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def administrator(client, bruno, organization) -> Client:
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.PROGRAM_ADMINISTRATOR)
    client.force_login(bruno)
    return client


def make(administrator: Client, program, **limits) -> str:
    return administrator.post(f"/console/nordlicht/links/new/{program.public_id}/", limits).content.decode()


def test_a_link_is_shown_once_with_its_qr_code(administrator, program, course):
    group = Group.objects.create(program=program, name="Grid")
    page = make(
        administrator,
        program,
        label="Intranet",
        max_uses="3",
        groups=[group.pk],
        opens=f"c:{course.public_id}",
        domains="Nordlicht.example, @sub.nordlicht.example",
    )
    path = re.search(r"/join/[\w-]{43}/", page)[0]
    assert page.count("<svg") >= 1
    assert path not in administrator.get("/console/nordlicht/links/").content.decode()
    link = DirectLink.objects.get()
    assert (link.label, link.max_uses, list(link.groups.all()), link.course) == (
        "Intranet",
        3,
        [group],
        course,
    )
    assert link.allowed_domains == ["nordlicht.example", "sub.nordlicht.example"]
    assert Client().get(path, HTTP_USER_AGENT="Mozilla/5.0")["Location"] == "/join/welcome/"


def test_a_link_without_limits_needs_nothing_filled_in(administrator, program):
    make(administrator, program)
    assert DirectLink.objects.get().is_open


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"max_uses": "0"}, "greater than or equal to 1"),
        ({"expires_on": "2020-01-01"}, "Choose today or a later day."),
        ({"domains": "not a domain!"}, "Write domains such as example.com"),
        ({"opens": "c:foreign"}, "Select a valid choice"),
    ],
)
def test_a_wrong_limit_says_so_beside_its_field_and_makes_nothing(administrator, program, limits, said):
    page = make(administrator, program, label="Kept", **limits)
    assert said in page
    assert 'value="Kept"' in page
    assert not DirectLink.objects.exists()


def test_turning_off_is_for_good(administrator, program):
    make(administrator, program)
    link = DirectLink.objects.get()
    administrator.post(f"/console/nordlicht/links/{link.public_id}/off/")
    page = administrator.get("/console/nordlicht/links/").content.decode()
    assert ">off<" in page
    assert "Turn off" not in page


def test_another_organizations_link_and_program_are_not_found(administrator, program, bruno):
    other = Organization.objects.create(slug="other", name="Other")
    foreign = other.programs.create(slug="p", name="P")
    link = DirectLink.objects.create(program=foreign, digest="x")
    assert administrator.post(f"/console/nordlicht/links/{link.public_id}/off/").status_code == 404
    assert administrator.get(f"/console/nordlicht/links/new/{foreign.public_id}/").status_code == 404
    link.refresh_from_db()
    assert link.turned_off_at is None


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_number_of_queries(
    administrator, program, rows, django_assert_max_num_queries
):
    for _ in range(rows):
        make(administrator, program)
    administrator.get("/console/nordlicht/links/")
    with django_assert_max_num_queries(9):
        administrator.get("/console/nordlicht/links/")


def test_a_link_may_be_open_to_the_end_of_the_calendar(administrator, program):
    make(administrator, program, expires_on="9999-12-31")
    assert "9999" in administrator.get("/console/nordlicht/links/").content.decode()
    assert DirectLink.objects.get().expires_at.year == 9999
