"""What a year of nights takes away, and what it leaves."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from conftest import person
from matricula.accounts.models import Confirmation, Session
from matricula.invitations.models import Invitation, InvitationToken, mint_link
from matricula.joining.models import Arrival
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter, Letter
from tests.nights import forget_tonight

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
YEAR = timedelta(days=366)


@pytest.fixture
def ada(db):
    return person("Ada Lovelace", "ada@home.example")


@pytest.fixture
def long_ago(invitation, ada):
    """Ada was invited, came and joined; a colleague pressed JOIN NOW and went away. A year has passed."""
    deliver_due()
    mint_link(invitation, InvitationToken.Channel.SHOWN)
    invitation.settle(Invitation.State.JOINED, account=ada)
    then = timezone.now() - YEAR
    came = {"program": invitation.program, "invitation": invitation, "channel": "mail", "expires_at": then}
    Arrival.objects.create(account=ada, finished_at=then, **came)
    Arrival.objects.create(**came)
    Confirmation.objects.create(email=ada.primary_address, requested_at=then)
    Client().force_login(ada)
    Session.objects.update(expire_date=then)
    Letter.objects.update(ended_at=then)
    InvitationToken.objects.filter(channel="mail").update(ended_at=then)
    return invitation


def test_after_a_year_what_ada_did_is_there_and_what_passed_by_is_not(long_ago):
    before = Invitation.objects.get().standing
    forget_tonight()
    assert [one.account.full_name for one in Arrival.objects.all()] == ["Ada Lovelace"]
    invitation = Invitation.objects.get()
    assert (invitation.standing, invitation.letter) == (before, None)
    assert [one.channel for one in InvitationToken.objects.all()] == ["shown"]
    for gone in (Letter, InboxLetter, Session, Confirmation):
        assert not gone.objects.exists(), gone


def test_what_ada_still_needs_tonight_stays(invitation, ada):
    deliver_due()
    Client().force_login(ada)
    Confirmation.objects.create(email=ada.primary_address)
    Arrival.objects.create(program=invitation.program, invitation=invitation, channel="mail")
    kept = (Letter, InboxLetter, Session, Confirmation, Arrival, InvitationToken)
    before = [one.objects.count() for one in kept]
    forget_tonight()
    assert [one.objects.count() for one in kept] == before
    assert 0 not in before
