"""Ada's letter is taken by her company's mail server, and comes back; Bruno corrects the address."""

import pytest

from matricula.invitations.invitations import queue_letter
from matricula.invitations.models import Invitation
from matricula.jobs.models import Job
from matricula.jobs.queue import perform_due, schedule_recurring
from matricula.mail.delivery import deliver_due, end_letters, note_bounced
from matricula.mail.models import InboxLetter, Letter
from matricula.mail.tests.dovecot import dovecot, mailbox  # noqa: F401 - fixtures
from matricula.mail.tests.returned import report
from matricula.organizations.models import Role

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def administers(client, organization, bruno):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    client.force_login(bruno)


def test_a4_a_letter_that_came_back_is_shown_with_its_words_and_its_address_corrected(
    client, administers, invitation, mailbox  # noqa: F811
):  # fmt: skip
    deliver_due()
    mailbox.receive(report(invitation.letter_id, said="smtp; 550 5.1.1 <ada@nordlicht.example> unknown"))
    schedule_recurring()
    Job.objects.exclude(kind="mail.bounces").delete()
    perform_due()
    page = client.get("/console/nordlicht/invitations/").content.decode()
    assert "delivery failed" in page
    assert "550 5.1.1 &lt;ada@nordlicht.example&gt; unknown" in page
    correct = f"/console/nordlicht/invitations/{invitation.public_id}/address/"
    assert f'href="{correct}"' in page
    assert "550 5.1.1" in client.get(correct).content.decode()
    client.post(correct, {"address": "ada.okafor@nordlicht.example"})
    deliver_due()
    assert InboxLetter.objects.latest("id").to == "ada.okafor@nordlicht.example"
    page = client.get("/console/nordlicht/invitations/").content.decode()
    assert ("address corrected" in page, "delivery failed</span>" in page) == (True, False)


def test_an_old_letter_that_comes_back_says_nothing_about_the_new_one(invitation):
    deliver_due()
    old = invitation.letter
    queue_letter(invitation)
    deliver_due()
    assert note_bounced(old, "550 gone")
    invitation.refresh_from_db()
    assert invitation.state == Invitation.State.SENT


def test_a_letter_that_comes_back_before_it_is_settled_stays_returned(invitation, program, bruno):
    from matricula.invitations.invitations import invite_person

    other = invite_person(program=program, address="eve@nordlicht.example", invited_by=bruno)
    Letter.objects.update(state="sending")
    letters = [invitation.letter, other.letter]
    note_bounced(letters[0], "550 gone")
    end_letters(letters, Letter.State.SENT)
    states = dict(Invitation.objects.values_list("address", "state"))
    assert states == {"ada@nordlicht.example": "failed", "eve@nordlicht.example": "sent"}


def test_a_joined_person_stays_joined_whatever_comes_back(invitation, chika):
    deliver_due()
    invitation.settle(Invitation.State.JOINED, account=chika)
    note_bounced(invitation.letter, "550 gone")
    invitation.refresh_from_db()
    assert invitation.state == Invitation.State.JOINED
