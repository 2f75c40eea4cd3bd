"""A row that exists once: whoever comes second is told, and nothing is broken by it."""

import pytest
from django.db import transaction

from matricula.programs.models import Membership
from matricula.web.inserting import insert_once

pytestmark = pytest.mark.django_db


def test_the_first_membership_is_inserted_and_the_second_is_known(program, chika):
    first = Membership(program=program, account=chika)
    assert insert_once(first)
    assert Membership.objects.get() == first
    assert not insert_once(Membership(program=program, account=chika))


def test_a_transaction_goes_on_after_a_row_that_was_there(program, chika, bruno):
    with transaction.atomic():
        insert_once(Membership(program=program, account=chika))
        insert_once(Membership(program=program, account=chika))
        insert_once(Membership(program=program, account=bruno))
    assert Membership.objects.count() == 2


def test_one_statement_each(program, chika, django_assert_num_queries):
    with django_assert_num_queries(1):
        insert_once(Membership(program=program, account=chika))
    with django_assert_num_queries(1):
        insert_once(Membership(program=program, account=chika))
