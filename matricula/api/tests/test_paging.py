"""Lists in pages, while others add to them."""

import pytest

from matricula.api.paging import PURPOSE
from matricula.invitations.invitations import invite_person
from matricula.security.secrets import seal

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def invite_some(house, first, last):
    for number in range(first, last):
        invite_person(program=house.program, address=f"p{number}@nordlicht.example", invited_by=house.owner)


def test_pages_follow_one_another_and_miss_nobody(api, house):
    invite_some(house, 0, 6)
    page = api.get("invitations/?limit=3&q=nordlicht").json()
    assert [one["address"][:2] for one in page["items"]] == ["p5", "p4", "p3"]
    invite_some(house, 6, 8)
    rest = api.all_pages(page["next"])
    assert [one["address"][:2] for one in rest] == ["p2", "p1", "p0", "da"]


def test_the_last_page_says_so(api, house):
    invite_some(house, 0, 2)
    page = api.get("invitations/?limit=3").json()
    assert (len(page["items"]), page["next"]) == (3, None)


def test_the_next_address_keeps_the_filters_and_is_of_this_site(api, house):
    invite_some(house, 0, 3)
    following = api.get("invitations/?limit=1&state=queued", host="localhost").json()["next"]
    assert following.startswith("http://127.0.0.1:8000/api/v1/invitations/?limit=1&state=queued&cursor=")


def test_a_cursor_tells_nothing(api, house):
    invite_some(house, 0, 2)
    cursor = api.get("invitations/?limit=1").json()["next"].split("cursor=")[1]
    assert cursor.startswith("gAAAA")


@pytest.mark.parametrize("place", ["9" * 30, "x", "-1", ""])
def test_a_cursor_of_nowhere_ends_nothing(api, house, place):
    assert api.get(f"invitations/?cursor={seal(PURPOSE, place)}").status_code == 200
