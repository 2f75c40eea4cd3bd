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


@dataclass(frozen=True)
class Limit:
    """So many tries of something in so many minutes. `whom` it counts, an id or an address, says who asks."""

    name: str
    tries: int
    minutes: int

    def allows(self, whom: object) -> bool:
        """Count one try; False once they are used up. One statement."""
        now = timezone.now()
        moments = {"now": now, "ends": now + timedelta(minutes=self.minutes)}
        asked = {name: connection.ops.adapt_datetimefield_value(moment) for name, moment in moments.items()}
        with connection.cursor() as cursor:
            cursor.execute(COUNT_ONE, {"key": self.key_of(whom), "tries": self.tries, **asked})
            return cursor.fetchone() is not None

    def used_up_until(self, whom: object) -> datetime | None:
        """When tries that are used up are free again; None when there is one left. Counts nothing."""
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
        return super().key_of(neighbourhood(str(whom)))


def neighbourhood(network: str) -> str:
    """What one subscriber has: an IPv4 address, or the first 64 bits of an IPv6 address (RFC 6177)."""
    try:
        address = ip_address(network)
    except ValueError:
        return network
    if isinstance(address, IPv6Address) and not address.ipv4_mapped:
        return address.exploded[:19]
    return str(getattr(address, "ipv4_mapped", None) or address)
