"""Counting tries, in the database, so that every process of every host counts the same."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from django.db import connection
from django.utils import timezone

from matricula.accounts.models import Throttle
from matricula.web.secret import digest

COUNT_ONE = """
INSERT INTO accounts_throttle (key, tries, window_ends_at) VALUES (%(key)s, 1, %(ends)s)
ON CONFLICT (key) DO UPDATE SET
  tries = CASE WHEN accounts_throttle.window_ends_at > %(now)s THEN accounts_throttle.tries + 1 ELSE 1 END,
  window_ends_at = CASE WHEN accounts_throttle.window_ends_at > %(now)s
                   THEN accounts_throttle.window_ends_at ELSE excluded.window_ends_at END
WHERE accounts_throttle.window_ends_at <= %(now)s OR accounts_throttle.tries < %(tries)s
RETURNING tries
"""


@dataclass(frozen=True)
class Allowance:
    """Whether this try was allowed, how many are left, and in how many seconds all are free again."""

    allowed: bool
    left: int
    seconds: int


def key_of(action: str, whom: str) -> str:
    return digest("throttle", f"{action}:{whom}")


def allows(action: str, whom: str, *, tries: int, minutes: int) -> bool:
    """Count one try of `action` by `whom`; False once `tries` in `minutes` are used up. One statement."""
    now = timezone.now()
    moments = {"now": now, "ends": now + timedelta(minutes=minutes)}
    asked = {name: connection.ops.adapt_datetimefield_value(moment) for name, moment in moments.items()}
    with connection.cursor() as cursor:
        cursor.execute(COUNT_ONE, {"key": key_of(action, whom), "tries": tries, **asked})
        return cursor.fetchone() is not None


def allows_from(action: str, network: str, *, tries: int, minutes: int) -> bool:
    """Count one try as `allows` does, by where it comes from."""
    return allows(action, neighbourhood(network), tries=tries, minutes=minutes)


def neighbourhood(network: str) -> str:
    """What one subscriber has: an IPv4 address, or the first 64 bits of an IPv6 address (RFC 6177)."""
    try:
        address = ip_address(network)
    except ValueError:
        return network
    if isinstance(address, IPv6Address) and not address.ipv4_mapped:
        return address.exploded[:19]
    return str(getattr(address, "ipv4_mapped", None) or address)


def free_again(action: str, whom: str) -> datetime:
    """When tries that are used up are free again."""
    window_ends_at: datetime = Throttle.objects.values_list("window_ends_at", flat=True).get(
        key=key_of(action, whom)
    )
    return window_ends_at


def allowance(action: str, whom: str, *, tries: int, minutes: int) -> Allowance:
    """Count one try as `allows` does, and tell what is left."""
    allowed = allows(action, whom, tries=tries, minutes=minutes)
    row = Throttle.objects.get(key=key_of(action, whom))
    seconds = round((row.window_ends_at - timezone.now()).total_seconds())
    return Allowance(allowed, max(0, tries - row.tries), max(1, seconds))
