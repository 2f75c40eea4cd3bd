"""Whoever turns out to be in a program is invited to it no longer; undone, the invitation is open again."""

import pytest

from matricula.audit.models import Entry
from matricula.invitations.invitations import invite_person
from matricula.invitations.models import Invitation
from matricula.leaving.combining.combining import undo_combining
from matricula.leaving.models import Combining
from matricula.leaving.tests.two_lives import TwoLives, combined, contents
from matricula.programs.memberships import end_membership
from matricula.programs.models import Membership
from matricula.programs.recount import wrong_numbers

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
KEPT = Combining.Side.KEPT


@pytest.fixture
def ada(db) -> TwoLives:
    return TwoLives()


def test_an_invitation_to_an_address_that_comes_along_is_answered_and_open_again_after_undo(ada):
    """ACME knows her as a member, and invited the mailbox of her other account."""
    one = invite_person(program=ada.welcome, address="king@home.example", invited_by=None)
    stranger = invite_person(program=ada.welcome, address="chika@elsewhere.example", invited_by=None)
    other = invite_person(program=ada.growth, address="ada@home.example", invited_by=None)
    before = contents()
    combining = combined(ada.here, ada.there)
    for each in (one, other):
        each.refresh_from_db()
        assert (each.state, each.accepted_by, each.answered_at) == (
            "joined",
            ada.here,
            combining.made_at.replace(microsecond=0),
        )
    stranger.refresh_from_db()
    assert stranger.state in Invitation.LIVE
    assert wrong_numbers() == []
    verbs = Entry.objects.filter(organization_id=ada.acme.pk, verb__startswith="invitation.")
    assert "invitation.settled" in set(verbs.values_list("verb", flat=True))
    undo_combining(combining=combining, side=KEPT)
    assert contents() == before
    assert wrong_numbers() == []
    assert "invitation.reopened" in set(verbs.all().values_list("verb", flat=True))


def test_an_invitation_to_a_program_that_she_left_stays_open(ada):
    end_membership(membership=ada.member_here, actor=None, state=Membership.State.LEFT)
    one = invite_person(program=ada.welcome, address="king@home.example", invited_by=None)
    combined(ada.here, ada.there)
    one.refresh_from_db()
    assert one.state in Invitation.LIVE


def test_an_unproven_address_answers_nothing(ada):
    one = invite_person(program=ada.growth, address="typo@home.example", invited_by=None)
    combined(ada.here, ada.there)
    one.refresh_from_db()
    assert one.state in Invitation.LIVE


def test_one_that_was_invited_anew_meanwhile_stays_answered(ada):
    """She left the program, and was invited again: of two open ones the database allows no more than one."""
    one = invite_person(program=ada.welcome, address="king@home.example", invited_by=None)
    combining = combined(ada.here, ada.there)
    ada.member_here.refresh_from_db()
    end_membership(membership=ada.member_here, actor=None, state=Membership.State.LEFT)
    Invitation.objects.create(
        program=ada.welcome, organization=ada.acme, address="king@home.example", canonical="king@home.example"
    )
    undo_combining(combining=combining, side=KEPT)
    one.refresh_from_db()
    assert one.state == "joined"
    line = combining.lines.get(table_name="invitations_invitation", act="changed")
    assert (line.undone, line.why) == ("kept", "changed")
