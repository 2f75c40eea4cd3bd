"""Days of a calendar somewhere: when one ends, which one it is now, in Python and in SQL.

A page or a letter names a day, and means all of it as the people there live it. Zones are called by the names
of the IANA time zone database, such as Europe/Berlin.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import DateField, F, Func, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matricula.db.zones import known_zones

MOMENT = timedelta(microseconds=1)
LAST_DAY = date.max - timedelta(days=2)
"""One that ends in every zone before Python's calendar does; whoever names a later one means for ever."""
KNOWN_TO_POSTGRESQL = "SELECT count(*) FROM pg_timezone_names WHERE name = %s"


def end_of_day(day: date, zone: str) -> datetime:
    """The last moment of `day` there, which is 23 to 25 hours after the first, where clocks are changed.

    It is found from the next midnight: that is the earlier one where clocks show two, and the change itself
    where they show none.
    """
    day = min(day, LAST_DAY)
    return datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(zone)).astimezone(UTC) - MOMENT


def day_there(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


def today_there(zone: str) -> date:
    return day_there(timezone.now(), zone)


def end_of_day_in(days: int, zone: str) -> datetime:
    """The last moment of the day that comes after so many others."""
    return end_of_day(today_there(zone) + timedelta(days=days), zone)


class TodayIn(Func):
    """Today, as SQL, in the zone whose name is at the end of `path`."""

    output_field = DateField()

    def __init__(self, path: str) -> None:
        super().__init__(Value(timezone.now()), F(path))

    def as_postgresql(self, compiler: Any, connection: Any, **_more: Any) -> Any:
        return self.as_sql(
            compiler, connection, template="(%(expressions)s)::date", arg_joiner=" AT TIME ZONE "
        )

    def as_sqlite(self, compiler: Any, connection: Any, **_more: Any) -> Any:
        """By the function that Django gives SQLite for its own questions of this kind."""
        template = "django_datetime_cast_date(%(expressions)s, 'UTC')"
        return self.as_sql(compiler, connection, template=template)


def check_zone(name: str) -> None:
    """Raises ValidationError unless Python and the database know the zone: both are asked what day it is."""
    known = name in known_zones()
    if known and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(KNOWN_TO_POSTGRESQL, [name])
            known = bool(cursor.fetchone()[0])
    if not known:
        raise ValidationError(_("Write a time zone such as Europe/Berlin or America/Bogota."))
