"""Changing rows and getting them is one statement, and only one of many who ask at once gets each."""

from datetime import UTC, datetime

import pytest

from matricula.db.queries import delete_returning, update_returning
from matricula.security.models import Throttle

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def tallies():
    for key in "ab":
        Throttle.objects.create(key=key, tries=1, window_ends_at=NOON)


def test_what_was_changed_is_returned_as_it_is_now(tallies, django_assert_num_queries):
    rows = Throttle.objects.filter(key="a", tries=1)
    with django_assert_num_queries(1):
        (changed,) = update_returning(rows, tries=2)
    assert (changed.key, changed.tries, changed.window_ends_at) == ("a", 2, NOON)
    assert update_returning(rows, tries=2) == []
    assert Throttle.objects.get(key="b").tries == 1


def test_what_was_deleted_is_returned_as_it_was(tallies, django_assert_num_queries):
    with django_assert_num_queries(1):
        (deleted,) = delete_returning(Throttle.objects.filter(key="a"))
    assert (deleted.key, deleted.window_ends_at) == ("a", NOON)
    assert delete_returning(Throttle.objects.filter(key="a")) == []
    assert Throttle.objects.get().key == "b"
