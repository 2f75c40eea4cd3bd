"""Too much is refused before it is read."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from matricula.web.middleware import MOST_BYTES_OF_A_STRANGER, MOST_BYTES_SIGNED_IN

pytestmark = pytest.mark.django_db


class Unread:
    """A body that nobody may touch."""

    def read(self, *_):
        raise AssertionError("the body was read")

    readline = read


def send(client, size):
    return client.generic(
        "POST",
        "/account/log-in/",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(size),
        **{"wsgi.input": Unread()},
    )


def test_a_stranger_may_send_a_form_and_not_a_film(client):
    answer = send(client, MOST_BYTES_OF_A_STRANGER + 1)
    assert (answer.status_code, "too much at once" in answer.content.decode()) == (413, True)


def test_who_is_signed_in_may_send_a_course_and_no_more(client, bruno):
    film = SimpleUploadedFile("film.mp4", b"0" * (MOST_BYTES_OF_A_STRANGER + 1))
    assert client.post("/account/log-in/", {"film": film}).status_code == 413
    client.force_login(bruno)
    film.seek(0)
    assert client.post("/account/log-in/", {"film": film}).status_code == 200
    assert send(client, MOST_BYTES_SIGNED_IN + 1).status_code == 413


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
