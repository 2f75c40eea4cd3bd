"""Forty threads at once; the database decides."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection

from conftest import person
from matricula.accounts.confirmation import ask_to_confirm, confirm_address
from matricula.accounts.errors import CodeEnded, MailboxTaken
from matricula.accounts.models import Account, Confirmation, PasswordReset
from matricula.accounts.passwords import choose_password
from matricula.invitations.errors import AlreadyMember
from matricula.invitations.invitations import invite_person
from matricula.invitations.models import Invitation, InvitationToken, mint_link
from matricula.joining.arrivals import begin_arrival, finish_arrival
from matricula.joining.direct_links import make_direct_link
from matricula.joining.errors import NotConfirmed
from matricula.joining.links import check_open, find_invitation
from matricula.joining.origins import DirectLinkOrigin
from matricula.joining.set_up import sign_up
from matricula.joining.tests import leaving
from matricula.joining.tests.leaving import ada_at_work, letters, listed
from matricula.organizations.models import Affiliation
from matricula.programs.errors import ProgramFull, RemovedFromProgram
from matricula.programs.memberships import end_membership, enter_program
from matricula.programs.models import Membership, Program

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
THREADS = 40
ROUNDS = 20


def all_at_once(work, arguments):
    """What each thread returned, or the exception it raised."""
    barrier = Barrier(len(arguments))

    def run(argument):
        barrier.wait()
        try:
            return work(argument)
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(arguments)) as pool:
        return list(pool.map(run, arguments))


def arrival_of(invitation, account=None):
    mint_link(invitation, InvitationToken.Channel.MAIL)
    return begin_arrival(
        origin=check_open(find_invitation(pk=InvitationToken.objects.latest("id").pk)), account=account
    )


def test_races_the_last_seat_is_never_given_twice(program):
    people = [person(f"Person {n}", f"person{n}@nordlicht.example") for n in range(THREADS)]
    results = all_at_once(lambda account: enter_program(program=program, account=account), people)
    assert sum(isinstance(result, Membership) for result in results) == 5
    assert sum(isinstance(result, ProgramFull) for result in results) == THREADS - 5
    program.refresh_from_db()
    assert (program.seats_used, Membership.objects.filter(state="active").count()) == (5, 5)


def test_races_a_double_join_makes_one_membership_and_one_seat(program, bruno):
    dana = person("Dana", "dana@nordlicht.example")
    arrival = arrival_of(
        invite_person(program=program, address="dana@nordlicht.example", invited_by=bruno), dana
    )
    arrival.refresh_from_db()
    results = all_at_once(lambda _: finish_arrival(arrival=arrival), range(THREADS))
    assert [result for result in results if isinstance(result, Exception)] == []
    program.refresh_from_db()
    assert (Membership.objects.count(), program.seats_used) == (1, 1)


def test_races_two_sign_ups_make_one_account(program, invitation):
    from matricula.joining.models import Arrival

    pk = arrival_of(invitation).pk
    hashed = make_password("correct horse battery")
    work = lambda _: sign_up(  # noqa: E731
        arrival=Arrival.objects.select_related("program").get(pk=pk), full_name="Ada", hashed_password=hashed
    )
    all_at_once(work, range(THREADS))
    assert Account.objects.filter(full_name="Ada").count() == 1


@pytest.fixture
def roomy(program):
    """The program, with a seat for everybody."""
    Program.objects.update(seats=None)
    program.refresh_from_db()
    return program


def ada_of_round(number):
    """Somebody new, who proved the address of work and the one at home."""
    account = person(f"Person {number}", f"work{number}@nordlicht.example")
    account.addresses.create(address=f"home{number}@home.example", confirmed_at=account.created_at)
    return account


def remove(membership, bruno):
    return end_membership(membership=membership, actor=bruno, state=Membership.State.REMOVED)


def faults(results):
    return [one for one in results if isinstance(one, Exception)]


def run(work):
    return work()


def test_races_whoever_is_removed_while_an_arrival_of_theirs_finishes_is_out(roomy, bruno):
    """A member begins again by a direct link and is removed meanwhile: whichever is first, they are out."""
    direct, _ = make_direct_link(program=roomy, actor=bruno)
    for number in range(ROUNDS):
        ada = ada_of_round(number)
        arrival = begin_arrival(origin=DirectLinkOrigin(direct), account=ada)
        arrival.work_email = f"work{number}@nordlicht.example"
        arrival.save()
        membership = enter_program(program=roomy, account=ada)
        finishing, removing = partial(finish_arrival, arrival=arrival), partial(remove, membership, bruno)
        *finished, removed = all_at_once(run, [finishing, finishing, removing])
        assert removed is True
        assert {type(one) for one in faults(finished)} <= {RemovedFromProgram, NotConfirmed}
        assert not Membership.objects.active().exists()
    roomy.refresh_from_db()
    assert (roomy.seats_used, Membership.objects.filter(state="removed").count()) == (0, ROUNDS)


def test_races_a_removal_beside_a_return_leaves_the_seats_true(roomy, bruno):
    """Ada comes back by a new invitation in two tabs while Bruno removes her once more."""
    for number in range(ROUNDS):
        ada = ada_of_round(number)
        membership = enter_program(program=roomy, account=ada)
        remove(membership, bruno)
        made = invite_person(program=roomy, address=f"work{number}@nordlicht.example", invited_by=bruno)
        entering = partial(enter_program, program=roomy, account=ada, invited_at=made.created_at)
        results = all_at_once(run, [entering, entering, partial(remove, membership, bruno)])
        assert {type(one) for one in faults(results)} <= {RemovedFromProgram}
        roomy.refresh_from_db()
        assert roomy.seats_used == Membership.objects.active().count()
        assert not Invitation.objects.live().exists()
        remove(membership, bruno)


def test_races_nobody_is_invited_at_one_address_while_they_enter_by_another(roomy, bruno):
    """On PostgreSQL neither sees what the other has not committed, so whoever comes first is waited for."""
    for number in range(ROUNDS):
        ada = ada_of_round(number)
        made = invite_person(program=roomy, address=f"work{number}@nordlicht.example", invited_by=bruno)
        entering = partial(finish_arrival, arrival=arrival_of(made, ada))
        inviting = partial(
            invite_person, program=roomy, address=f"home{number}@home.example", invited_by=bruno
        )
        entered, invited = all_at_once(run, [entering, inviting])
        assert isinstance(entered, Membership), entered
        assert isinstance(invited, Invitation | AlreadyMember), invited
        assert not Invitation.objects.live().exists()


def test_races_an_address_proven_by_a_member_while_it_is_invited_does_not_stay_invited(roomy, bruno):
    for number in range(ROUNDS):
        ada = ada_of_round(number)
        enter_program(program=roomy, account=ada)
        email = ada.addresses.create(address=f"new{number}@new.example")
        proving = partial(confirm_address, confirmation=ask_to_confirm(email=email))
        inviting = partial(invite_person, program=roomy, address=email.address, invited_by=bruno)
        proven, invited = all_at_once(run, [proving, inviting])
        assert proven is None, proven
        assert isinstance(invited, Invitation | AlreadyMember), invited
        assert not Invitation.objects.live().exists()


def test_races_two_letters_to_one_person_answered_at_once_make_one_membership(roomy, bruno):
    """And a third address proven at the same moment, for which an arrival waits: nobody waits in a ring."""
    for number in range(ROUNDS):
        ada = ada_of_round(number)
        new = ada.addresses.create(address=f"new{number}@new.example")
        addresses = [one.address for one in ada.addresses.order_by("-pk")]
        made = [invite_person(program=roomy, address=one, invited_by=bruno) for one in addresses]
        arrivals = [arrival_of(one, ada) for one in made]
        works = [partial(finish_arrival, arrival=one) for one in arrivals[1:] * 3]
        works.append(partial(confirm_address, confirmation=ask_to_confirm(email=new)))
        assert faults(all_at_once(run, works)) == []
        assert not Invitation.objects.live().exists()
    roomy.refresh_from_db()
    assert (Membership.objects.count(), roomy.seats_used) == (ROUNDS, ROUNDS)


@pytest.mark.parametrize("number", range(20))
def test_races_two_memberships_ended_at_once_end_the_power_and_tell_once(program, number):
    second = Program.objects.create(organization=program.organization, slug="two", name="Two")
    ada = ada_at_work(program)
    enter_program(program=second, account=ada)
    assert all_at_once(lambda one: leaving.remove(ada, one), [program, second]) == [None, None]
    assert not Affiliation.objects.live().exists()
    assert list(listed(ada).values()) == ["promised"]
    assert len(letters("ada@nordlicht.example")) == 1


@pytest.mark.parametrize("number", range(20))
def test_races_a_password_chosen_while_ada_is_removed_is_chosen_before_or_not_at_all(program, number):
    ada = ada_at_work(program, home="ada@home.example", confirmed=True)
    reset = PasswordReset.objects.create(email=ada.addresses.get(address="ada@nordlicht.example"))

    def act(what):
        return choose_password(reset=reset, password="chosen by the mailbox") if what else leaving.remove(ada)

    chosen, removed = all_at_once(act, [True, False])
    assert removed is None
    assert isinstance(chosen, Account | CodeEnded)
    assert listed(ada) == {"ada@home.example": "primary"}


@pytest.mark.parametrize("number", range(20))
def test_races_a_mailbox_that_two_accounts_prove_at_once_is_one_accounts(program, number):
    """Both list it, one by the code of a letter, the other by the link; and its former holder is removed."""
    ada = ada_at_work(program)
    leaving.remove(ada)
    confirmations = []
    for name in ("Dana", "Edo"):
        email = person(name, f"{name}@home.example").addresses.create(address="ada@nordlicht.example")
        confirmations.append(Confirmation.objects.create(email=email))
    answers = all_at_once(lambda one: confirm_address(confirmation=one), confirmations)
    assert answers.count(None) == 1
    assert isinstance(next(one for one in answers if one), CodeEnded | MailboxTaken)
    assert list(listed(ada).values()) == ["name"]
