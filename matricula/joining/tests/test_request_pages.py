"""A7: who holds a link that no longer opens asks its administrator in one click, and learns nothing more."""

import pytest
from django.test import Client

from matricula.invitations.invitations import revoke_invitation
from matricula.jobs.queue import perform_due
from matricula.joining.direct_links import make_direct_link, turn_off_link
from matricula.joining.models import Request

pytestmark = pytest.mark.django_db(transaction=True)
BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0"}


def test_the_holder_of_a_withdrawn_invitation_asks_in_one_click(client, invitation, link, bruno):
    revoke_invitation(invitation=invitation, actor=bruno)
    assert "Ask the administrator" in client.get(link, **BROWSER).content.decode()
    answer = client.post("/join/ask/")
    assert "We passed it on" in answer.content.decode()
    request = Request.objects.get()
    assert (request.address, request.reason, request.invitation) == (
        "ada@nordlicht.example",
        "revoked",
        invitation,
    )


def test_asking_twice_files_one_request(client, invitation, link, bruno):
    revoke_invitation(invitation=invitation, actor=bruno)
    client.get(link, **BROWSER)
    client.post("/join/ask/")
    client.post("/join/ask/")
    assert Request.objects.count() == 1


def test_a_direct_link_that_is_off_asks_for_the_address(client, program, bruno):
    made, address = make_direct_link(program=program, actor=bruno)
    turn_off_link(link=made, actor=bruno)
    client.get("/join/" + address.split("/join/")[1], **BROWSER)
    assert client.post("/join/ask/").status_code == 422
    client.post("/join/ask/", {"email": "ada@nordlicht.example"})
    assert (Request.objects.get().program, Request.objects.get().reason) == (program, "off")


def test_enumeration_an_unknown_link_gets_the_same_answer_for_every_address(client, invitation):
    client.get("/join/" + "x" * 43 + "/", **BROWSER)
    pages = [
        Client().post("/join/ask/", {"email": address}).content
        for address in ("ada@nordlicht.example", "nobody@nordlicht.example")
    ]
    assert pages[0] == pages[1]
    while perform_due():
        pass
    assert [one.address for one in Request.objects.all()] == ["ada@nordlicht.example"]


def test_opening_a_link_that_was_withdrawn_still_changes_nothing(client, invitation, link, bruno):
    revoke_invitation(invitation=invitation, actor=bruno)
    client.get(link, **BROWSER)
    invitation.refresh_from_db()
    assert invitation.opened_at is None
    assert not Request.objects.exists()
