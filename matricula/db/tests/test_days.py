"""A day ends at its midnight, where people live it: in every zone, also when clocks are changed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from matricula.db import zones
from matricula.db.days import LAST_DAY, check_zone, day_there, end_of_day, today_there
from matricula.db.zones import known_zones, offered_zones
from matricula.organizations.models import Organization
from matricula.programs.models import Program, not_ended

MOMENT = timedelta(microseconds=1)
ZONES = st.sampled_from(known_zones())
DAYS = st.dates(date(1990, 1, 1), date(2037, 12, 30))


@given(DAYS, ZONES)
def test_the_last_moment_is_of_the_day_and_the_next_is_not(day, zone):
    end = end_of_day(day, zone)
    if day_there(end, zone) != day:
        assert day_there(end - timedelta(days=2), zone) < day  # a day that was skipped there
        assert day_there(end + MOMENT, zone) > day
    else:
        assert day_there(end + MOMENT, zone) > day


@given(DAYS, ZONES)
def test_a_day_ends_after_the_one_before_it(day, zone):
    assert end_of_day(day, zone) >= end_of_day(day - timedelta(days=1), zone)


@pytest.mark.parametrize(
    ("zone", "day", "end"),
    [
        ("UTC", date(2026, 11, 28), "2026-11-28T23:59:59.999999"),
        ("Europe/Berlin", date(2026, 11, 28), "2026-11-28T22:59:59.999999"),
        ("Europe/Berlin", date(2026, 3, 29), "2026-03-29T21:59:59.999999"),  # 23 hours
        ("Europe/Berlin", date(2026, 10, 25), "2026-10-25T22:59:59.999999"),  # 25 hours
        ("America/Havana", date(2026, 3, 7), "2026-03-08T04:59:59.999999"),  # no midnight after it
        ("America/Havana", date(2026, 10, 31), "2026-11-01T03:59:59.999999"),  # two midnights after it
        ("Pacific/Apia", date(2011, 12, 29), "2011-12-30T09:59:59.999999"),  # no day after it
        ("Pacific/Kiritimati", date(2026, 11, 28), "2026-11-28T09:59:59.999999"),
        ("Pacific/Pago_Pago", date(2026, 11, 28), "2026-11-29T10:59:59.999999"),
    ],
)
def test_days_of_places(zone, day, end):
    assert end_of_day(day, zone) == datetime.fromisoformat(end).replace(tzinfo=UTC)


MOMENTS = ["2026-11-28T09:59:00", "2026-11-28T10:01:00", "2026-11-28T11:30:00", "2026-11-28T23:30:00"]


@pytest.mark.django_db
@pytest.mark.postgres
@pytest.mark.parametrize("moment", MOMENTS)
def test_the_database_and_the_program_agree_on_what_has_ended(monkeypatch, moment):
    monkeypatch.setattr(timezone, "now", lambda: datetime.fromisoformat(moment).replace(tzinfo=UTC))
    zones = ("UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin", "Asia/Kathmandu")
    for zone in zones:
        organization = Organization.objects.create(
            slug=zone.lower().replace("/", "-"), name=zone, time_zone=zone
        )
        for day in (27, 28, 29):
            Program.objects.create(
                organization=organization, slug=f"p{day}", name=f"{day}", ends_on=date(2026, 11, day)
            )
    current = set(Program.objects.filter(not_ended()).values_list("pk", flat=True))
    programs = Program.objects.select_related("organization")
    assert current == {one.pk for one in programs if not one.has_ended}
    assert {one.pk for one in programs if one.closes_at > timezone.now()} == current


@pytest.mark.django_db
@pytest.mark.postgres
@pytest.mark.parametrize("name", ["Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires"])
def test_a_zone_of_the_iana_database_is_taken(name):
    check_zone(name)
    assert today_there(name)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["", "Berlin", "Mars/Olympus", "../etc/passwd", "CET", "Europe/Berlin "])
def test_anything_else_is_refused(name):
    with pytest.raises(ValidationError):
        check_zone(name)


@pytest.mark.django_db
@pytest.mark.postgres
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="needs PostgreSQL")
def test_every_zone_that_is_offered_is_one_to_postgresql_or_refused():
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_timezone_names")
        there = {name for (name,) in cursor.fetchall()}
    assert len(set(known_zones()) & there) > 400


def test_names_of_before_are_known_and_not_offered():
    assert {"Asia/Calcutta", "US/Eastern"} <= set(known_zones())
    assert not {"Asia/Calcutta", "US/Eastern", "Etc/GMT+5"} & set(offered_zones())
    assert {"UTC", "Europe/Berlin", "Asia/Kolkata", "America/Bogota"} <= set(offered_zones())


def test_a_machine_that_does_not_tell_which_are_old_offers_all(monkeypatch):
    monkeypatch.setattr(zones, "TZPATH", ())
    assert offered_zones.__wrapped__() == known_zones()


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_the_last_days_of_the_calendar_end(zone):
    assert day_there(end_of_day(date.max, zone), zone) == LAST_DAY
