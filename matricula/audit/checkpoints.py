"""The hash chain over the audit log: made by a job, in batches, behind the writers and never in their way.

What it proves, and what not, is told in decision 34.
"""

import hmac
import json
import logging
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, timedelta
from hashlib import sha256
from typing import Any, Literal

from django.db import connection
from django.utils import timezone

from matricula.audit.forgetting import forgotten_lines
from matricula.audit.models import Checkpoint, Entry
from matricula.security.secrets import digest, digests

AT_ONCE = 1_000
PATIENCE_SECONDS = 2.0
LAST_GIVEN = "SELECT last_value FROM audit_entry_id_seq"
WRITING = """
SELECT DISTINCT virtualtransaction FROM pg_locks
WHERE relation = 'audit_entry'::regclass AND mode = 'RowExclusiveLock' AND pid <> pg_backend_pid()
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
"""PostgreSQL locks a table for an INSERT before the row gets its id, and until all see what was committed."""
CHAINED_WITHIN = timedelta(hours=1)
"""Lines wait for minutes: older ones mean that the worker is away, or that checkpoints are gone."""
ID_BYTES, RECORD_BYTES = 8, 40
TOLD = ("organization_id", "actor_id", "assurance", "through", "verb", "subject_type", "subject_id")
logger = logging.getLogger(__name__)


def add_checkpoint() -> bool:
    """Chain the next lines, if there are any that nobody can slip a line before; whether more wait."""
    newest = newest_checkpoint()
    last_id, previous = (newest.last_id, newest.chained) if newest else (0, "")
    final = last_final_id(last_id)
    waiting = Entry.objects.filter(pk__gt=last_id, pk__lte=final).order_by("pk")[:AT_ONCE]
    records = [(one.pk, digest_line(one)) for one in waiting]
    if not records:
        return False
    packed = b"".join(pk.to_bytes(ID_BYTES, "big") + what for pk, what in records)
    chained = chain(previous, packed)
    mark = mark_of(records[-1][0], chained)
    Checkpoint.objects.create(
        last_id=records[-1][0], previous=previous, digests=packed, chained=chained, mac=digest("audit", mark)
    )
    logger.info("The audit log is chained up to %s", mark)
    return len(records) == AT_ONCE


def newest_checkpoint() -> Checkpoint | None:
    return Checkpoint.objects.order_by("-last_id").first()


def last_final_id(after: int) -> int:
    """The highest id below which no further line can come in: ids are given before lines are committed.

    SQLite has one writer, and this is it. On PostgreSQL, whoever may hold an id given until now is waited
    for, a moment, holding nobody up; `after` when somebody takes longer.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT coalesce(max(id), 0) FROM audit_entry")
            return int(cursor.fetchone()[0])
        cursor.execute(LAST_GIVEN)
        given = int(cursor.fetchone()[0])
        until, held = time.monotonic() + PATIENCE_SECONDS, writers(cursor)
        while held and time.monotonic() < until:
            time.sleep(0.02)
            held &= writers(cursor)
        return after if held else given


def writers(cursor: Any) -> set[str]:
    cursor.execute(WRITING)
    return {name for (name,) in cursor.fetchall()}


# -- what is chained ------------------------------------------------------------------------------


def digest_line(entry: Entry) -> bytes:
    """SHA-256 of everything a line says, in one spelling on both databases."""
    said = {name: getattr(entry, name) for name in TOLD}
    said |= {"id": entry.pk, "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds")}
    said |= {"before": entry.before, "after": entry.after}
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode(errors="surrogatepass")).digest()


def chain(previous: str, packed: bytes) -> str:
    return sha256(previous.encode() + b"\n" + packed).hexdigest()


def mark_of(last_id: int, chained: str) -> str:
    """What is kept elsewhere, to be shown to `verify` again: `1234:ab12…`."""
    return f"{last_id}:{chained}"


# -- looking whether it still holds ---------------------------------------------------------------


@dataclass(frozen=True)
class Broken:
    """What does not hold: of line `at`, of the checkpoint that ends with it, or of the forgetting `at`."""

    at: int
    what: Literal["changed", "removed", "inserted", "chain", "key", "forgetting"]


@dataclass
class Verification:
    """What was found, in the order of the log."""

    broken: list[Broken]
    lines: int = 0
    forgotten: int = 0
    """Of those, the ones that went because their organization keeps them no longer."""
    unchained: int = 0
    overdue: int = 0
    """Of those, the ones that should have been chained long ago."""
    newest: str = ""
    anchored: bool = True


def verify_log(anchor: str = "") -> Verification:
    """Read the whole log and compare. `anchor` is a mark that was kept elsewhere: is it in the chain?"""
    found, previous, last_id, marks = Verification(broken=[]), "", 0, set()
    forgotten, foreign = forgotten_lines()
    found.forgotten = len(forgotten)
    found.broken += [Broken(pk, "forgetting") for pk in foreign]
    for one in Checkpoint.objects.order_by("last_id").iterator(chunk_size=20):
        records = unpack(bytes(one.digests))
        found.lines += len(records)
        found.broken += verify_lines(last_id, one.last_id, records, forgotten)
        holds = one.previous == previous and one.chained == chain(previous, bytes(one.digests))
        if not holds or not records or max(records) != one.last_id:
            found.broken.append(Broken(one.last_id, "chain"))
        previous, last_id, found.newest = one.chained, one.last_id, mark_of(one.last_id, one.chained)
        marks.add(found.newest)
    newest = newest_checkpoint()
    if newest and not is_ours(newest):
        found.broken.append(Broken(newest.last_id, "key"))
    if any(one.what == "removed" for one in found.broken):
        since, _ = forgotten_lines()  # meanwhile, by a worker
        found.broken = [one for one in found.broken if one.what != "removed" or one.at not in since]
    unchained = Entry.objects.filter(pk__gt=last_id)
    found.unchained = unchained.count()
    found.overdue = unchained.filter(at__lt=timezone.now() - CHAINED_WITHIN).count()
    found.anchored = not anchor or anchor in marks
    return found


def is_ours(newest: Checkpoint) -> bool:
    """Whether this site made it. It answers for all before it: they are chained."""
    made = digests("audit", mark_of(newest.last_id, newest.chained))
    return any(hmac.compare_digest(one, newest.mac) for one in made)


def verify_lines(after: int, until: int, records: dict[int, bytes], forgotten: set[int]) -> Iterator[Broken]:
    lines = Entry.objects.filter(pk__gt=after, pk__lte=until).order_by("pk").iterator(chunk_size=AT_ONCE)
    there = {one.pk: digest_line(one) for one in lines}
    for pk in sorted(there.keys() | records.keys()):
        if pk not in there:
            if pk not in forgotten:
                yield Broken(pk, "removed")
        elif pk not in records or pk in forgotten:
            yield Broken(pk, "inserted")
        elif there[pk] != records[pk]:
            yield Broken(pk, "changed")


def unpack(packed: bytes) -> dict[int, bytes]:
    cut: Iterable[bytes] = (packed[at : at + RECORD_BYTES] for at in range(0, len(packed), RECORD_BYTES))
    return {int.from_bytes(one[:ID_BYTES], "big"): one[ID_BYTES:] for one in cut}
