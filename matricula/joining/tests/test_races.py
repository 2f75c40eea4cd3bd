"""Forty threads at once; the database decides."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection

from conftest import person
from matricula.accounts.models import Account
from matricula.joining.arriving import begin, examine_token, finish
from matricula.joining.inviting import invite, mint_link
from matricula.joining.linking import sign_up
from matricula.joining.models import InvitationToken
from matricula.programs.errors import ProgramFull
from matricula.programs.membership import enter_program
from matricula.programs.models import Membership

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
THREADS = 40


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
    return begin(evidence=examine_token(InvitationToken.objects.latest("id")), account=account)


def test_races_the_last_seat_is_never_given_twice(program):
    people = [person(f"Person {n}", f"person{n}@nordlicht.example") for n in range(THREADS)]
    results = all_at_once(lambda account: enter_program(program=program, account=account), people)
    assert sum(isinstance(result, Membership) for result in results) == 5
    assert sum(isinstance(result, ProgramFull) for result in results) == THREADS - 5
    program.refresh_from_db()
    assert (program.seats_used, Membership.objects.filter(state="active").count()) == (5, 5)


def test_races_a_double_join_makes_one_membership_and_one_seat(program, bruno):
    dana = person("Dana", "dana@nordlicht.example")
    arrival = arrival_of(invite(program=program, address="dana@nordlicht.example", invited_by=bruno), dana)
    arrival.refresh_from_db()
    results = all_at_once(lambda _: finish(arrival=arrival), range(THREADS))
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
