"""Whoever joins one program while they are removed from another keeps a work e-mail; a moment later they
are asked for a new proof, for theirs is older than the end of the tie."""

from functools import partial

import pytest

from conftest import person
from matricula.invitations.invitations import invite_person
from matricula.invitations.models import InvitationToken, mint_link
from matricula.joining.arrivals import begin_arrival, finish_arrival
from matricula.joining.errors import NotConfirmed
from matricula.joining.links import check_open, find_invitation
from matricula.organizations.models import Affiliation
from matricula.programs.memberships import end_membership
from matricula.programs.models import Membership, Program
from tests.at_once import all_at_once, refusals

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 20


def arrival_at(program, account, actor):
    invitation = invite_person(
        program=program, address=account.primary_address.address, invited_by=actor, name=account.full_name
    )
    mint_link(invitation, InvitationToken.Channel.MAIL)
    return begin_arrival(
        origin=check_open(find_invitation(pk=InvitationToken.objects.latest("id").pk)), account=account
    )


def test_races_joining_one_program_while_removed_from_another_keeps_the_work_e_mail(
    program, organization, bruno
):
    second = Program.objects.create(organization=organization, slug="second", name="Second")
    Program.objects.update(seats=None)
    late = []
    for number in range(ROUNDS):
        account = person(f"Person {number}", f"p{number}@nordlicht.example")
        first = finish_arrival(arrival=arrival_at(program, account, bruno))
        results = all_at_once(
            partial(finish_arrival, arrival=arrival_at(second, account, bruno)),
            partial(end_membership, membership=first, actor=bruno, state=Membership.State.REMOVED),
        )
        late += refusals(results)
    assert {type(one) for one in late} <= {NotConfirmed}
    members = Membership.objects.active().values_list("account", flat=True)
    tied = Affiliation.objects.live().values_list("account", flat=True)
    assert (len(members), set(tied)) == (ROUNDS - len(late), set(members))
    begun_anew = Affiliation.objects.filter(account__in=members, ended_at__isnull=False)
    assert not begun_anew.exists(), "on a proof from before the end"
