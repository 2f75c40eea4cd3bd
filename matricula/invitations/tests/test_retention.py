"""Invitations that brought nobody in, and the addresses of people who left, go when Nordlicht says so."""

from datetime import timedelta

import pytest
from django.utils import timezone

from conftest import person
from matricula.invitations.invitations import invite_person
from matricula.invitations.models import Invitation, SearchLine
from matricula.invitations.retention import (
    delete_invitations,
    ended_invitations,
    forget_former_ties,
    former_ties,
)
from matricula.organizations.models import Affiliation, Organization
from matricula.programs.memberships import end_membership, enter_program
from matricula.programs.models import Membership, Program
from matricula.programs.recount import recount_programs, wrong_numbers
from matricula.reporting.people import invitations_of_person

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture
def edge():
    return timezone.now() - timedelta(days=365)


def invited(program, address, state, at, **more):
    made = invite_person(program=program, address=address, invited_by=None)
    Invitation.objects.filter(pk=made.pk).update(state=state, answered_at=at, **more)
    return made


def test_declined_withdrawn_and_expired_ones_go_and_live_joined_and_later_ones_stay(program, edge):
    before, now = edge - timedelta(microseconds=1), timezone.now()
    for number, state in enumerate(("declined", "revoked")):
        invited(program, f"a{number}@nordlicht.example", state, before)
        invited(program, f"b{number}@nordlicht.example", state, edge)
    lapsed = {"expires_at": before, "lapsed_at": before}
    invited(program, "c@nordlicht.example", "sent", None, **lapsed)
    invited(program, "d@nordlicht.example", "sent", None)
    invited(program, "e@nordlicht.example", "joined", before, accepted_by=person("Eve", "e@home.example"))
    assert ended_invitations(program.organization, edge, now).count() == 3
    assert delete_invitations(program.organization, edge, now) == (3, False)
    left = Invitation.objects.order_by("address").values_list("address", flat=True)
    assert [one[:2] for one in left] == ["b0", "b1", "d@", "e@"]
    assert wrong_numbers() == []


def test_one_of_another_organization_and_one_whose_arrival_is_kept_stay(program, edge):
    other = Organization.objects.create(slug="other", name="Other")
    theirs = Program.objects.create(organization=other, slug="x", name="X")
    old = edge - timedelta(days=1)
    invited(theirs, "a@other.example", "declined", old)
    kept = invited(program, "b@nordlicht.example", "declined", old)
    kept.arrivals.create(program=program)
    assert delete_invitations(program.organization, edge, timezone.now()) == (0, False)
    assert Invitation.objects.count() == 2


def test_many_go_some_at_a_time(program, edge, monkeypatch):
    monkeypatch.setattr("matricula.invitations.retention.AT_ONCE", 2)
    for number in range(3):
        invited(program, f"a{number}@nordlicht.example", "declined", edge - timedelta(days=1))
    found = [delete_invitations(program.organization, edge, timezone.now()) for _ in range(2)]
    assert found == [(2, True), (1, False)]


# -- people who left -------------------------------------------------------------------------------


@pytest.fixture
def ada(program):
    return joined(program, "Ada King", "ada@nordlicht.example")


def joined(program, name, work):
    account = person(name, work.replace("nordlicht", "home"))
    made = invite_person(program=program, address=work, name=name, invited_by=None)
    membership = enter_program(program=program, account=account)
    Affiliation.objects.create(
        organization=program.organization, account=account, work_email=work, external_id=work[:3]
    )
    assert made.settle(Invitation.State.JOINED, account=account)
    return membership


def leave(membership, at):
    end_membership(membership=membership, actor=None, state=Membership.State.LEFT)
    Affiliation.objects.filter(account=membership.account).update(ended_at=at)


def test_who_left_long_ago_loses_work_e_mail_and_external_id_and_nothing_else(program, ada, edge):
    leave(ada, edge - timedelta(microseconds=1))
    told = former_ties(program.organization, edge, timezone.now())
    assert [one.work_email for one in told] == ["ada@nordlicht.example"]
    assert forget_former_ties(program.organization, edge, timezone.now()) == (1, False)
    tie = Affiliation.objects.get()
    assert (tie.work_email, tie.canonical, tie.external_id) == ("", "", None)
    invitation = Invitation.objects.get()
    assert (invitation.address, invitation.canonical, invitation.name) == ("", "", "")
    assert not SearchLine.objects.exclude(search="").exists()
    ada.refresh_from_db()
    assert "ada@nordlicht.example" not in ada.search
    assert ada.account.addresses.get().address == "ada@home.example"
    assert forget_former_ties(program.organization, edge, timezone.now()) == (0, False)
    assert wrong_numbers() == []


@pytest.mark.parametrize("how", ["edge", "back", "later", "active"])
def test_who_left_at_the_edge_is_back_or_left_again_since_is_known_still(program, ada, edge, how):
    if how == "active":
        Affiliation.objects.update(ended_at=edge - timedelta(days=9))
    else:
        leave(ada, edge if how == "edge" else edge - timedelta(days=9))
    if how in ("back", "later"):
        tie = Affiliation.objects.create(
            organization=program.organization, account=ada.account, work_email="ada2@nordlicht.example"
        )
        Affiliation.objects.filter(pk=tie.pk).update(ended_at=timezone.now() if how == "later" else None)
    assert forget_former_ties(program.organization, edge, timezone.now()) == (0, False)


def test_in_two_organizations_only_the_one_with_the_rule_forgets(program, ada, edge):
    other = Organization.objects.create(slug="other", name="Other")
    Affiliation.objects.create(
        organization=other,
        account=ada.account,
        work_email="ada@other.example",
        ended_at=edge - timedelta(days=9),
    )
    leave(ada, edge - timedelta(days=9))
    Affiliation.objects.filter(organization=other).update(ended_at=edge - timedelta(days=9))
    forget_former_ties(program.organization, edge, timezone.now())
    assert Affiliation.objects.get(organization=other).work_email == "ada@other.example"


def test_two_forgotten_people_are_not_taken_for_one_another(program, ada, edge, bruno):
    eve = joined(program, "Eve Long", "eve@nordlicht.example")
    for one in (ada, eve):
        leave(one, edge - timedelta(days=9))
    forget_former_ties(program.organization, edge, timezone.now())
    role = program.organization.roles.create(account=bruno, kind="owner")
    found = invitations_of_person(eve.account, role)
    assert {one.accepted_by_id for one in found} <= {eve.account_id}
    recount_programs()
    assert wrong_numbers() == []
