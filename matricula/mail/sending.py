"""Whether letters may leave at all: not while an operator holds them, and not while the way out is closed.

A mail server that nobody reaches, or that does not want us, refuses no letter: it is asked with one letter
every few seconds, by one worker, and the others wait with theirs (decision 31).
"""

from datetime import timedelta
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.utils import timezone

from matricula.mail.models import Sending

LONGEST_PROBE = timedelta(seconds=40)
"""A worker that was killed while it tried leaves the next try to another."""
PAUSES = [timedelta(seconds=seconds) for seconds in (2, 4, 8, 15)]
"""Between tries; whoever waits for a code waits so long after the mail server is back."""


COPIED = (
    "This database is a copy of the one that sends, so letters wait;"
    " `matricula release-letters` lets them go."
)


def letters_that_may_leave(limit: int) -> tuple[int, bool]:
    """How many may be taken now, and whether that is a try whether the way is open again."""
    row = Sending.objects.filter(pk=1).first() or name_home()
    if row.held_at is not None or (is_elsewhere(row) and hold_letters()):
        return 0, False
    if row.closed_since is None:
        return limit, False
    return int(take_probe(row)), True


def name_home() -> Sending:
    """The first database of a site is the one that sends, until `release_letters` names another."""
    return Sending.objects.get_or_create(pk=1, defaults={"home": this_database()})[0]


def take_probe(row: Sending) -> bool:
    """True for the one worker that tries."""
    now = timezone.now()
    free = Sending.objects.filter(pk=1, probes=row.probes, probe_at__lte=now)
    return bool(free.update(probes=F("probes") + 1, probe_at=now + LONGEST_PROBE))


def give_probe_back() -> None:
    """There was no letter to try with."""
    Sending.objects.filter(pk=1).update(probe_at=timezone.now())


def note_closed(words: str) -> None:
    """The way out is closed, in the words of whoever closed it; try again after a pause."""
    now = timezone.now()
    Sending.objects.filter(pk=1, closed_since__isnull=True).update(closed_since=now, probes=0)
    for row in Sending.objects.filter(pk=1):
        pause = PAUSES[min(row.probes, len(PAUSES) - 1)]
        Sending.objects.filter(pk=1).update(closed_words=words, probe_at=now + pause)


def note_open() -> None:
    Sending.objects.filter(pk=1).update(closed_since=None, closed_words="", probes=0, probe_at=None)


def hold_letters() -> bool:
    """From now on letters wait in the outbox, of whatever kind; always True."""
    name_home()
    Sending.objects.filter(pk=1, held_at__isnull=True).update(held_at=timezone.now())
    return True


@transaction.atomic
def release_letters() -> None:
    """Letters leave from this database from now on, those that wait among them."""
    Sending.objects.get_or_create(pk=1)
    Sending.objects.filter(pk=1).update(held_at=None, home=this_database())


def is_elsewhere(row: Sending) -> bool:
    """Whether these rows were copied from the database that sends. A development site sends to nobody."""
    return row.home != this_database() and not settings.EMAIL_URL.startswith("inbox:")


@cache
def this_database() -> str:
    """What a database does not take along when it is dumped and restored, or copied as a file."""
    if connection.vendor == "sqlite":
        place = Path(str(connection.settings_dict["NAME"]))
        return f"sqlite:{place.stat().st_ino}" if place.is_file() else "sqlite"
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT system_identifier::text FROM pg_control_system()")
            cluster = cursor.fetchone()[0]
    except DatabaseError:  # not every provider lets its customers ask
        cluster = ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid::text FROM pg_database WHERE datname = current_database()")
        return f"postgresql:{cluster}:{cursor.fetchone()[0]}"


def sending_fault() -> str:
    """Why no letter leaves, in one sentence; nothing when they do."""
    row = Sending.objects.filter(pk=1).first()
    if row is None:
        return ""
    if row.held_at is not None:
        since = f"{row.held_at:%Y-%m-%d %H:%M} UTC"
        return f"Letters are held since {since}; `matricula release-letters` lets them go."
    if is_elsewhere(row):
        return COPIED
    if row.closed_since is not None:
        since = f"{row.closed_since:%Y-%m-%d %H:%M} UTC"
        return f"No letter leaves since {since}, and they wait: {row.closed_words}"
    return ""
