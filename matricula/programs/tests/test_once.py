"""A row that exists once: whoever comes second is told, and nothing is broken by it."""

import pytest
from django.db import IntegrityError, transaction

from matricula.db.queries import insert_once
from matricula.programs.models import Membership

pytestmark = pytest.mark.django_db


def member(program, account):
    return Membership(program=program, organization_id=program.organization_id, account=account)


def test_the_first_membership_is_inserted_and_the_second_is_known(program, chika):
    first = member(program, chika)
    assert insert_once(first)
    assert Membership.objects.get() == first
    assert not insert_once(member(program, chika))


def test_a_transaction_goes_on_after_a_row_that_was_there(program, chika, bruno):
    with transaction.atomic():
        insert_once(member(program, chika))
        insert_once(member(program, chika))
        insert_once(member(program, bruno))
    assert Membership.objects.count() == 2


def test_one_statement_each(program, chika, django_assert_num_queries):
    with django_assert_num_queries(1):
        insert_once(member(program, chika))
    with django_assert_num_queries(1):
        insert_once(member(program, chika))


def test_what_is_wrong_with_a_row_is_not_taken_for_its_being_there(program, chika):
    with pytest.raises(IntegrityError):
        insert_once(Membership(program=program, account=chika))
