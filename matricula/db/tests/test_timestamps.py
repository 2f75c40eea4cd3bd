"""Moments come from PostgreSQL as Django gives them, only sooner."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DataError, connection
from django.utils import timezone

from matricula.accounts.models import Account

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
]


def told(moment):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT '{moment}'::timestamptz")
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-03-04 09:30+00", datetime(2026, 3, 4, 9, 30, tzinfo=UTC)),
        ("2026-03-04 09:30:15.5+02", datetime(2026, 3, 4, 7, 30, 15, 500_000, tzinfo=UTC)),
        ("2026-03-04 09:30:15.000001-05:30", datetime(2026, 3, 4, 15, 0, 15, 1, tzinfo=UTC)),
        ("0001-01-01 00:00+00", datetime(1, 1, 1, tzinfo=UTC)),
        ("9999-12-31 23:59:59.999999+00", datetime.max.replace(tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_to_the_microsecond_in_utc(written, meant):
    assert (told(written), told(written).tzinfo) == (meant, UTC)


@pytest.mark.parametrize("moment", ["infinity", "0044-03-15 12:00 BC", "12026-01-01 00:00"])
def test_bad_input_a_moment_python_does_not_know_is_refused(moment):
    with pytest.raises(DataError):
        told(moment)


def test_a_moment_comes_back_as_it_was_kept(bruno):
    bruno.created_at = timezone.now() - timedelta(days=400)
    bruno.save()
    assert Account.objects.get(pk=bruno.pk).created_at == bruno.created_at
