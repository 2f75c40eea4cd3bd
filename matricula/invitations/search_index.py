"""Putting invitations into the index they are found by, a batch at a time, after they are stored.

A million are stored in half the time that way. Until then the newest are found by walking them.
"""

from django.db import connection
from django.db.models import Max

from matricula.invitations.models import SearchLine

BATCH = 10_000
LATE = 100_000
"""How far below the newest in the index is looked again: a long import commits later than a short one."""
COPY = """INSERT INTO invitations_searchline (invitation_id, organization_id, search)
SELECT id, organization_id, search FROM invitations_invitation i
WHERE id > %s AND NOT EXISTS (SELECT FROM invitations_searchline l WHERE l.invitation_id = i.id)
ORDER BY id LIMIT %s ON CONFLICT DO NOTHING"""
"""NOT EXISTS, because below the newest there may be gaps; ON CONFLICT, because another worker may fill them
now."""


def index_new() -> bool:
    """True when there may be more."""
    return copy_after(newest())


def index_late() -> bool:
    """What was stored before the newest in the index, but committed after it. True when there may be more."""
    return copy_after(newest() - LATE)


def index_all() -> bool:
    """Whatever was overlooked. True when there may be more."""
    return copy_after(0)


def newest() -> int:
    """The highest id in the index."""
    return SearchLine.objects.aggregate(n=Max("pk"))["n"] or 0


def copy_after(pk: int) -> bool:
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute(COPY, [pk, BATCH])
        return bool(cursor.rowcount == BATCH)
