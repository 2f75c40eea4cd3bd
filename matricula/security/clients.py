"""What a browser and a network address tell, in words a person knows."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

FORWARDING = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via")
BROWSERS = {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


def device_name(user_agent: str) -> str:
    """Such as "Firefox on Windows"; the first word that fits wins, for every browser claims to be others."""
    browser = next((name for mark, name in BROWSERS.items() if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS.items() if mark in user_agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown device")


def network_name(network: str, here: str) -> str:
    """As near as an address tells without asking anybody else: the reader's own network, or which other."""
    address = parsed_network(network)
    if address is None:
        return _("an unknown network")
    if same_network(address, parsed_network(here)):
        return _("the network you are on now")
    if address.is_loopback:
        return _("the machine this site runs on")
    if address.is_private:
        return _("a local network (%(address)s)") % {"address": address}
    return _("another network (%(address)s)") % {"address": address}


def parsed_network(network: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(network)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def same_network(one: IPv4Address | IPv6Address, other: IPv4Address | IPv6Address | None) -> bool:
    """One IPv4 address, or one IPv6 network of 64 bits: what a home or an office usually has."""
    if other is None or one.version != other.version:
        return False
    bits = 32 if one.version == 4 else 64
    return other in ip_network(f"{one}/{bits}", strict=False)


def network_of(request: HttpRequest) -> str:
    """Where the request comes from: what the outermost of our own proxies saw, else who connected to us."""
    seen = request.headers.get("X-Forwarded-For", "").split(",")
    proxies = settings.TRUSTED_PROXIES
    if proxies and len(seen) >= proxies and seen[-proxies].strip():
        return seen[-proxies].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def is_from_this_machine(request: HttpRequest) -> bool:
    """Who connected is here, and speaks for itself: a proxy here says that it forwards (RFC 7239)."""
    if any(name in request.headers for name in FORWARDING):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
