"""Ada's link opens no more; she asks the administrator in one click."""

from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.utils import timezone

from conftest import person
from matricula.invitations.invitations import revoke_invitation
from matricula.invitations.models import Invitation
from matricula.jobs.queue import perform_due
from matricula.joining.errors import RequestAnswered
from matricula.joining.models import Request
from matricula.joining.requests import answer_with_letter, ask_administrator, dismiss_waiting_request
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter, Letter
from matricula.organizations.models import Organization, Role
from matricula.security.errors import TooManyTries

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def administers(organization, bruno):
    return Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)


def asked(invitation, reason="expired", **values):
    ask_administrator(reason=reason, invitation=invitation, **values)
    return Request.objects.get()


def test_a7_one_click_reaches_the_console_and_the_administrators_mailbox(
    client, administers, invitation, bruno
):
    asked(invitation)
    deliver_due()
    letter = InboxLetter.objects.get(to="bruno@nordlicht.example")
    assert letter.subject == "ada@nordlicht. example asks for an invitation to Welcome"
    assert "/console/nordlicht/requests/" in letter.text
    client.force_login(bruno)
    page = client.get("/console/nordlicht/requests/").content.decode()
    assert "ada@nordlicht.example" in page
    assert "The invitation had expired · Welcome" in page


def test_a_request_about_a_link_nobody_knows_says_that_it_opened_nothing(
    client, administers, invitation, bruno
):
    ask_administrator(reason="unknown", address="ada@nordlicht.example")
    while perform_due():
        pass
    client.force_login(bruno)
    assert "The link opened nothing · Welcome" in client.get("/console/nordlicht/requests/").content.decode()


def test_asking_twice_is_asking_once(administers, invitation):
    asked(invitation)
    asked(invitation)
    assert (Request.objects.count(), Letter.objects.filter(kind="joining.request").count()) == (1, 1)


def test_enumeration_an_unknown_address_leaves_nothing_and_says_nothing(administers, invitation):
    assert ask_administrator(reason="unknown", address="nobody@nordlicht.example") is None
    assert ask_administrator(reason="unknown", address="no address") is None
    assert Request.objects.count() == 0


def test_a_lost_link_and_an_invited_address_reach_the_program_of_the_invitation(administers, invitation):
    ask_administrator(reason="unknown", address="ADA@nordlicht.example")
    while perform_due():
        pass
    assert Request.objects.get().program == invitation.program


def test_the_network_that_asks_for_everybody_is_stopped(administers, program, bruno):
    from matricula.invitations.invitations import invite_person

    for n in range(25):
        made = invite_person(program=program, address=f"person{n}@nordlicht.example", invited_by=bruno)
        with pytest.raises(TooManyTries) if n >= 20 else nullcontext():
            ask_administrator(reason="expired", invitation=made, network="203.0.113.7")
    assert Request.objects.count() == 20


def test_who_asks_after_many_of_their_network_is_told_until_when_to_wait(client, administers, invitation):
    """The same for the invited address and for one that nobody invited; the address stays in its field."""
    for n in range(20):
        answer = client.post("/join/ask/", {"email": f"nobody{n}@nordlicht.example"})
        assert "We passed it on" in answer.content.decode()
    for address in ("ada@nordlicht.example", "nobody@nordlicht.example"):
        answer = client.post("/join/ask/", {"email": address})
        page = answer.content.decode()
        assert (answer.status_code, 500 < int(answer["Retry-After"]) <= 600) == (429, True)
        assert "Many people of your network asked their administrators. Wait" in page
        assert f'value="{address}"' in page
    assert Request.objects.count() == 0


def test_sending_the_invitation_opens_an_expired_one_again(client, administers, invitation, bruno):
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    Letter.objects.update(queued_at=timezone.now() - timedelta(days=31))
    request = asked(invitation)
    client.force_login(bruno)
    client.post(f"/console/nordlicht/requests/{request.public_id}/letter/")
    assert Invitation.objects.open().get().letter.state == "queued"
    with pytest.raises(RequestAnswered):
        dismiss_waiting_request(request=request, actor=bruno)


def test_a_withdrawn_invitation_is_answered_with_a_new_one(administers, invitation, bruno):
    revoke_invitation(invitation=invitation, actor=bruno)
    answer_with_letter(request=asked(invitation, "revoked"), actor=bruno)
    assert sorted(Invitation.objects.values_list("address", "state")) == [
        ("ada@nordlicht.example", "queued"),
        ("ada@nordlicht.example", "revoked"),
    ]


def test_another_organizations_data_a_request_is_answered_only_by_its_own(client, administers, invitation):
    eve = person("Eve", "eve@other.example")
    other = Organization.objects.create(slug="other", name="Other")
    Role.objects.create(organization=other, account=eve, kind=Role.Kind.OWNER)
    request = asked(invitation)
    client.force_login(eve)
    for action in ("letter", "dismissal"):
        assert client.post(f"/console/other/requests/{request.public_id}/{action}/").status_code == 404
    assert Request.objects.waiting().count() == 1
