"""Which addresses an outsider may name, whatever form they hide in, and the names of hosts in ASCII."""

import ipaddress
import re

import idna
from django.conf import settings

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
"""IPv4 addresses in other clothes (RFC 6052, RFC 8215): the last four bytes say which."""
SPECIAL = (ipaddress.IPv4Network("192.0.0.0/24"), ipaddress.IPv4Network("192.88.99.0/24"))
"""Nobody's host (RFC 6890, RFC 7526), whatever this version of Python says of them."""

PLAIN_HOST = re.compile(r"([a-z0-9][a-z0-9.-]*|\[[0-9a-f:.]+\])(:[0-9]+)?", re.ASCII | re.IGNORECASE)


def has_plain_host(netloc: str) -> bool:
    """Whether that part of an address is a host, perhaps with a port, and nothing that RFC 3986, 3.2 lets
    stand there besides: in a header such as a policy, `;` ends our words and what follows is theirs."""
    return PLAIN_HOST.fullmatch(netloc) is not None


def host_in_ascii(host: str) -> str:
    """By IDNA 2008 (RFC 5891); an address in numbers as it is."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return idna.encode(host, uts46=True).decode()


def may_be_called(address: IPAddress, scheme: str = "https") -> bool:
    """A public address by https, or one of a network that the operator named, by either."""
    if any(address in network for network in settings.PRIVATE_NETWORKS):
        return True
    return scheme == "https" and is_public(address)


def is_public(address: IPAddress) -> bool:
    """Whether it is one of the wide world's, whatever form it hides in."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = inner_address(address)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast and not any(address in one for one in SPECIAL)


def inner_address(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for: mapped, 6to4, Teredo, NAT64."""
    if any(address in network for network in NAT64):
        return ipaddress.IPv4Address(address.packed[-4:])
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)
