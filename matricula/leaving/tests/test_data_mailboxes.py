"""What came to a mailbox before somebody proved that it is theirs is not in the file of their data."""

from datetime import timedelta

import pytest
from django.utils import timezone

from conftest import person
from matricula.invitations.invitations import invite_person, revoke_invitation
from matricula.leaving.tests.taking_data import data_of

pytestmark = pytest.mark.django_db
BOSS = "boss@nordlicht.example"


def test_who_typed_an_address_long_before_proving_it_reads_nothing_of_that_time(program, bruno):
    mallory, long_ago = person("Mallory", "mallory@home.example"), timezone.now() - timedelta(days=300)
    typed = mallory.addresses.create(address=BOSS, added_at=long_ago)
    invitation = invite_person(program=program, address=BOSS, name="The Old Boss", invited_by=bruno)
    revoke_invitation(invitation=invitation, actor=bruno)
    typed.confirmed_at = timezone.now()
    typed.save()
    told = data_of(mallory)["data.json"].decode()
    assert "The Old Boss" not in told
    assert "invitations.invitation" not in told
