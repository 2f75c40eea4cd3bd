"""Counting tries, in the database, so that every process of every host counts the same.

`docs/operate/limits.md` has a row for each limit. What succeeds costs nothing, what was tried before costs
nothing again, and nothing is looked at that was not counted first.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import Any, NamedTuple, TypeVar

from django.conf import settings
from django.db import connection
from django.utils import timezone

from matricula.security.errors import TooManyTries
from matricula.security.models import Throttle
from matricula.security.secrets import digest

Found = TypeVar("Found")

COUNT_ONE = """
INSERT INTO security_throttle (key, tries, window_ends_at) VALUES (%(key)s, 1, %(ends)s)
ON CONFLICT (key) DO UPDATE SET
  tries = CASE WHEN security_throttle.window_ends_at > %(now)s THEN security_throttle.tries + 1 ELSE 1 END,
  window_ends_at = CASE WHEN security_throttle.window_ends_at > %(now)s
                   THEN security_throttle.window_ends_at ELSE excluded.window_ends_at END
WHERE security_throttle.window_ends_at <= %(now)s OR security_throttle.tries < %(tries)s
RETURNING window_ends_at
"""
"""Counts and decides in one statement, so no two tries see the same count. A window that is over begins
anew; at the limit the WHERE fits no row, nothing is changed and nothing returned."""
GIVE_BACK = """
UPDATE security_throttle SET tries = tries - 1
WHERE key = %(key)s AND window_ends_at = %(ends)s AND tries > 0
"""
"""Only in the window it was counted in: a later one has not counted it."""


@dataclass(frozen=True)
class Allowance:
    """Whether this try was allowed, how many are left, and in how many seconds all are free again."""

    allowed: bool
    left: int
    seconds: int


class Receipt(NamedTuple):
    """A try that was counted, in the window that ends at `ends`, as the database writes it."""

    key: str
    ends: Any

    def give_back(self) -> None:
        """As if it had not been; nothing, when that window is over."""
        with connection.cursor() as cursor:
            cursor.execute(GIVE_BACK, self._asdict())


class Limit:
    """So many tries of something in so many minutes, by default as settings.LIMITS says; 0 is no limit.

    `whom` it counts, an id or an address, says who asks.
    """

    def __init__(self, name: str, *, tries: int | None = None, minutes: int = 60) -> None:
        self.name = name
        self.own = None if tries is None else (tries, minutes)

    @property
    def tries(self) -> int:
        return (self.own or settings.LIMITS[self.name])[0]

    @property
    def minutes(self) -> int:
        return (self.own or settings.LIMITS[self.name])[1]

    def count(self, whom: object) -> Receipt | None:
        """Count one try; None once they are used up. One statement."""
        now = timezone.now()
        moments = {"now": now, "ends": now + timedelta(minutes=self.minutes)}
        asked = {name: connection.ops.adapt_datetimefield_value(moment) for name, moment in moments.items()}
        key = self.key_of(whom)
        with connection.cursor() as cursor:
            cursor.execute(COUNT_ONE, {"key": key, "tries": self.tries, **asked})
            row = cursor.fetchone()
        return Receipt(key, row[0]) if row else None

    def allows(self, whom: object) -> bool:
        """Count one try; False once they are used up."""
        return not self.tries or self.count(whom) is not None

    def used_up_until(self, whom: object) -> datetime | None:
        """When tries that are used up are free again; None when there is one left. Counts nothing."""
        if not self.tries:
            return None
        used_up = Throttle.objects.filter(key=self.key_of(whom), tries__gte=self.tries)
        ends = used_up.filter(window_ends_at__gt=timezone.now()).values_list("window_ends_at", flat=True)
        return ends.first()

    def free_again(self, whom: object) -> datetime:
        """When there is a try left."""
        return self.used_up_until(whom) or timezone.now()

    def allowance(self, whom: object) -> Allowance:
        """Count one try as `allows` does, and tell what is left."""
        allowed = self.allows(whom)
        row = Throttle.objects.get(key=self.key_of(whom))
        seconds = round((row.window_ends_at - timezone.now()).total_seconds())
        return Allowance(allowed, max(0, self.tries - row.tries), max(1, seconds))

    def key_of(self, whom: object) -> str:
        return digest("throttle", f"{self.name}:{whom}")


class NetworkLimit(Limit):
    """Counts where tries come from: whoever shares a neighbourhood shares its tries."""

    def key_of(self, whom: object) -> str:
        return super().key_of(network_part(str(whom)))


class MailboxLimit(Limit):
    """Counts what reaches one mailbox, however its address is spelled."""

    def key_of(self, whom: object) -> str:
        return super().key_of(mailbox_of(str(whom)))


LETTERS = MailboxLimit("letters")
"""Of all kinds that whoever types an address into a form has written to it, in a day."""


@dataclass(frozen=True)
class Tally:
    """Whom a try counts for, under which limit."""

    limit: Limit
    whom: object


GIVEN = Limit("given", tries=1, minutes=15)
"""What was given already: for so long a keyed digest of it stays."""


def spend(tallies: Sequence[Tally]) -> list[Receipt]:
    """Count one try for each, or for none of them. Raises TooManyTries."""
    receipts: list[Receipt] = []
    for one in tallies:
        if not one.limit.tries:
            continue
        receipt = one.limit.count(one.whom)
        if receipt is None:
            give_back(receipts)
            raise TooManyTries(one.limit.free_again(one.whom), one.limit.name)
        receipts.append(receipt)
    return receipts


def give_back(receipts: Sequence[Receipt]) -> None:
    for one in receipts:
        one.give_back()


def guess(tallies: Sequence[Tally], look: Callable[[], Found | None], *, given: str = "") -> Found | None:
    """What `look` finds, if the guess was right. Raises TooManyTries, without a look.

    Counted first, so that of many guesses at once no more are looked at than are allowed. A right one is
    given back, and so is a wrong one that was `given` before: who types the same again learns nothing by it.
    Give that only of secrets that stay what they are, never of codes that change with the clock. A look that
    raises saw nothing.
    """
    receipts = spend(tallies)
    try:
        found = look()
    except BaseException:
        give_back(receipts)
        raise
    if found or (given and not GIVEN.allows(given)):
        give_back(receipts)
    return found


def network_part(network: str) -> str:
    """What one subscriber has: an IPv4 address, or the first 64 bits of an IPv6 address (RFC 6177)."""
    try:
        address = ip_address(network)
    except ValueError:
        return network
    if isinstance(address, IPv6Address) and not address.ipv4_mapped:
        return address.exploded[:19]
    return str(getattr(address, "ipv4_mapped", None) or address)


def mailbox_of(address: str) -> str:
    """A detail after a plus sign (RFC 5233) makes no other mailbox."""
    local, _, rest = address.rpartition("@")
    return f"{local.partition('+')[0] or local}@{rest}"
