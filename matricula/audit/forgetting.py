"""Forgetting lines that an organization keeps no longer, so that the chain still holds (decision 55).

Of a line that was forgotten its digest stays in the chain, and a keyed forgetting says that it went by a
rule.
"""

import hmac
from datetime import UTC, datetime
from hashlib import sha256

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from matricula.audit.models import Checkpoint, Entry, Forgetting
from matricula.security.secrets import digest, digests

ID_BYTES = 8
AT_ONCE = 2_000
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(7306)"
"""On PostgreSQL: a chain does not fork."""


def lines_before(organization: int, before: datetime) -> "QuerySet[Entry]":
    """Those that may be forgotten: a line that is in no chain yet would leave no trace."""
    chained = Checkpoint.objects.order_by("-last_id").values_list("last_id", flat=True).first() or 0
    return Entry.objects.filter(organization_id=organization, at__lt=before, pk__lte=chained)


@transaction.atomic
def forget_lines(organization: int, before: datetime) -> int:
    """Some of them, the oldest first; how many."""
    rows = lines_before(organization, before).order_by("pk").values_list("pk", flat=True)
    some = list(rows[:AT_ONCE])
    if some:
        add_forgetting(organization, before, some)
        Entry.objects.filter(pk__in=some)._raw_delete("default")
    return len(some)


@transaction.atomic
def renew_key() -> None:
    """After the site's key was changed: a forgetting of nothing, so that the new key answers for all."""
    newest = Forgetting.objects.order_by("-pk").first()
    if newest and newest.mac != digest("forgetting", newest.chained) and is_ours(newest):
        add_forgetting(None, timezone.now(), [])


def add_forgetting(organization: int | None, before: datetime, lines: list[int]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(ONE_AT_A_TIME)
    newest = Forgetting.objects.order_by("-pk").first()
    packed = b"".join(one.to_bytes(ID_BYTES, "big") for one in lines)
    one = Forgetting(organization_id=organization, before=before, lines=packed)
    one.previous = newest.chained if newest else ""
    one.chained = chain_of(one)
    one.mac = digest("forgetting", one.chained)
    one.save(force_insert=True)


def chain_of(one: Forgetting) -> str:
    said = f"{one.previous}:{one.organization_id}:{one.before.astimezone(UTC).isoformat()}\n"
    return sha256(said.encode() + bytes(one.lines)).hexdigest()


def is_ours(newest: Forgetting) -> bool:
    """Whether this site made it. It answers for all before it: they are chained."""
    return any(hmac.compare_digest(made, newest.mac) for made in digests("forgetting", newest.chained))


def forgotten_lines() -> tuple[set[int], list[int]]:
    """The ids of all lines that were forgotten, and the forgettings that do not hold."""
    ids: set[int] = set()
    broken, previous, newest = [], "", None
    for newest in Forgetting.objects.order_by("pk").iterator(chunk_size=20):
        packed = bytes(newest.lines)
        ids.update(
            int.from_bytes(packed[at : at + ID_BYTES], "big") for at in range(0, len(packed), ID_BYTES)
        )
        if newest.previous != previous or newest.chained != chain_of(newest):
            broken.append(newest.pk)
        previous = newest.chained
    if newest and not is_ours(newest):
        broken.append(newest.pk)
    return ids, broken
