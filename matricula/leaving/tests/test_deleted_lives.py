"""Random lives: whatever was lived comes back with the account, and nothing of it is left after a week."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import person
from matricula.credentials.models import WithdrawnCertificate
from matricula.leaving.deletion.taking_back import take_account_back
from matricula.leaving.tests.one_life import COMPARED, deleted, erase_all, let_a_week_pass
from matricula.leaving.tests.test_lives import DEED, lived
from matricula.leaving.tests.two_lives import contents, joined, program_of
from matricula.organizations.models import Organization
from matricula.programs.models import Membership
from matricula.programs.recount import wrong_numbers
from tests.learners import do_everything, short_course

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@settings(max_examples=20)
@given(deeds=st.lists(DEED, min_size=4, max_size=25), who=st.integers(0, 1))
def test_whatever_was_lived_comes_back(deeds, who):
    with transaction.atomic():
        lives = lived(deeds)
        ada, before = lives.people[who], contents(*COMPARED)
        deletion = deleted(ada)
        assert wrong_numbers() == []
        assert not Membership.objects.active().filter(account=ada).exists()
        take_account_back(deletion=deletion)
        assert contents(*COMPARED) == before
        assert wrong_numbers() == []
        transaction.set_rollback(True)


@settings(max_examples=10)
@given(deeds=st.lists(DEED, min_size=4, max_size=25), who=st.integers(0, 1))
def test_whatever_was_lived_is_gone_after_a_week_and_nobody_elses(deeds, who):
    with transaction.atomic():
        lives = lived(deeds)
        ada, other = lives.people[who], lives.people[1 - who]
        numbers = set(ada.certificates.values_list("public_id", flat=True))
        others = [one.progress.count() for one in other.enrolments.order_by("pk")]
        let_a_week_pass(deleted(ada))
        erase_all()
        assert not ada.enrolments.exists()
        assert not ada.specialization_enrolments.exists()
        assert set(WithdrawnCertificate.objects.values_list("public_id", flat=True)) == numbers
        assert [one.progress.count() for one in other.enrolments.order_by("pk")] == others
        assert wrong_numbers() == []
        transaction.set_rollback(True)


def test_three_courses_and_thirty_take_the_same_statements():
    assert statements(3) == statements(30)


def statements(many):
    with transaction.atomic():
        ada = person("Ada Lovelace", "ada@home.example")
        for n in range(many):
            company = Organization.objects.create(slug=f"c{n}", name=f"C{n}")
            course = short_course(company, f"course-{n}", "a")
            member = joined(program_of(company, f"P{n}", course, seats=3), ada, f"ada@c{n}.example")
            do_everything(course, member)
            company.roles.create(account=ada, kind="viewer")
            ada.addresses.create(address=f"ada{n}@home.example", confirmed_at=timezone.now())
        with CaptureQueriesContext(connection) as deleting:
            deletion = deleted(ada)
        with CaptureQueriesContext(connection) as taking_back:
            take_account_back(deletion=deletion)
        transaction.set_rollback(True)
    return len(deleting), len(taking_back)
