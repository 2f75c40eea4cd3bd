"""Ada Lovelace combines her two accounts, and has both back when she undoes it."""

import pytest

from matricula.accounts.models import Account
from matricula.leaving.combining import undo_combining
from matricula.leaving.models import Combining
from matricula.leaving.tests.two_lives import TwoLives, combined, contents
from matricula.programs.recount import wrong_numbers

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture
def ada(db) -> TwoLives:
    return TwoLives()


def test_undo_right_after_combining_restores_every_row_of_both(ada):
    before = contents()
    combining = combined(ada.here, ada.there)
    assert contents() != before
    assert wrong_numbers() == []
    undo_combining(combining=combining, side=Combining.Side.KEPT)
    assert contents() == before
    assert wrong_numbers() == []
    assert set(combining.lines.values_list("undone", flat=True)) == {"back"}


def test_all_that_is_the_persons_is_in_one_account(ada):
    combined(ada.here, ada.there)
    ada.there.refresh_from_db()
    assert not ada.there.is_active
    assert ada.there.combined_into == ada.here
    assert not ada.there.addresses.exists()
    assert not ada.there.roles.exists()
    assert not ada.there.memberships.filter(state="active").exists()
    assert {one.program.name for one in ada.here.memberships.all()} == {"Welcome", "Growth"}
    assert ada.here.certificates.count() == 3 + 1  # done twice, only-there, and the Specialization


def test_lessons_of_both_are_united(ada):
    combined(ada.here, ada.there)
    both = ada.enrolment(ada.here, ada.both)
    assert set(both.progress.filter(done_at__isnull=False).values_list("lesson__key", flat=True)) == {
        "a",
        "b",
    }
    assert both.completed_at is None
    pooled = ada.enrolment(ada.here, ada.pooled)
    assert pooled.completed_at is not None
    assert not hasattr(pooled, "certificate")
    assert Account.objects.get(pk=ada.there.pk).enrolments.count() == 3
