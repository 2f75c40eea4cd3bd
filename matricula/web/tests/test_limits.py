"""Too much is refused before it is read."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from matricula.organizations.models import Role
from matricula.web.bodies import MIB
from matricula.web.middleware import MOST_BYTES
from tests.house.addresses import all_addresses

pytestmark = pytest.mark.django_db


class Unread:
    """A body that nobody may touch."""

    def read(self, *_):
        raise AssertionError("the body was read")

    readline = read


def send(client, size, address="/account/log-in/"):
    return client.generic(
        "POST",
        address,
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(size),
        **{"wsgi.input": Unread()},
    )


UPLOAD = reverse("content:upload", args=["nordlicht"])


def test_nobody_sends_more_than_a_form_to_a_page_that_takes_no_file(client, bruno):
    refused = send(client, MOST_BYTES + 1)
    assert (refused.status_code, "too much at once" in refused.content.decode()) == (413, True)
    client.force_login(bruno)
    assert send(client, 100 * MIB).status_code == 413
    assert send(client, 100 * MIB, "/no/such/page/").status_code == 413


def test_a_page_that_takes_courses_takes_them_of_people_who_are_signed_in(client, organization, bruno):
    assert send(client, MOST_BYTES + 1, UPLOAD).status_code == 413
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    client.force_login(bruno)
    film = SimpleUploadedFile("film.zip", b"0" * (MOST_BYTES + 1))
    assert client.post(UPLOAD, {"course": film}).status_code in (200, 302)
    assert send(client, 520 * MIB + 1, UPLOAD).status_code == 413


def test_the_pages_that_take_files_are_these():
    taking = {one.name for one in all_addresses() if hasattr(one.view, "most_bytes")}
    assert taking == {"content:upload", "departures:new-list", "invitations:new-file", "sign-in:connection"}


@pytest.mark.parametrize(
    "address",
    [
        "/certificates/a%00b/",
        "/join/a%00b/",
        "/account/reset/a%00b/",
        "/console/nordlicht/people/?q=%00",
        "/console/nordlicht/invitations/?program=a%00b",
        "/api/v1/%00/",
    ],
)
def test_bad_input_a_character_that_no_database_keeps_is_no_address(client, organization, bruno, address):
    client.force_login(bruno)
    assert client.get(address).status_code == 400
