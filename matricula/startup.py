"""What must be right before the process may start; each fault stops it with one sentence."""

import ipaddress
import re
import ssl
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from matricula.db.zones import known_zones

LOCAL = ("127.0.0.1", "localhost", "::1")


def required(env: environ.Env, name: str, *, development: bool, fallback: str) -> str:
    """The setting `name`, or in development `fallback`. Raises ImproperlyConfigured when it is too short."""
    value: str = env.str(name, default="")
    if not value and development:
        return fallback
    if len(value) < 32:
        raise ImproperlyConfigured(f"{name} must be set to at least 32 random characters.")
    return value


def validated_fallbacks(env: environ.Env) -> list[str]:
    """Keys that SECRET_KEY had before, apart by spaces. Raises ImproperlyConfigured when one is too short."""
    keys: list[str] = env.str("SECRET_KEY_FALLBACKS", default="").split()
    if any(len(one) < 32 for one in keys):
        raise ImproperlyConfigured(
            "SECRET_KEY_FALLBACKS must be earlier values of SECRET_KEY, each of at least 32 characters, apart"
            " by spaces."
        )
    return keys


def one_of(env: environ.Env, name: str, choices: tuple[str, ...]) -> str:
    """The first of `choices` unless another one is chosen."""
    chosen = env.str(name, default="") or choices[0]
    if chosen not in choices:
        raise ImproperlyConfigured(f"{name} is one of {', '.join(choices)}, not {chosen!r}.")
    return chosen


def whole_number(env: environ.Env, name: str, *, default: int, least: int = 0) -> int:
    """The setting `name` as a number. Raises ImproperlyConfigured."""
    value: str = env.str(name, default=str(default))
    if not value.isdecimal() or int(value) < least:
        raise ImproperlyConfigured(f"{name} must be a whole number from {least} up, not {value!r}.")
    return int(value)


def chosen_limits(value: str, defaults: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """`defaults`, changed by `value`: `password-network=2000/15, reset-network=500/15`, tries in minutes.

    Raises ImproperlyConfigured.
    """
    chosen = dict(defaults)
    for part in filter(None, value.replace(",", " ").split()):
        found = re.fullmatch(r"([a-z-]+)=(\d{1,6})/([1-9]\d{0,5})", part, re.ASCII)
        if found is None or found[1] not in defaults:
            raise ImproperlyConfigured(
                f"MATRICULA_LIMITS must look like password-network=2000/15, with names of limits, not"
                f" {part!r}."
            )
        chosen[found[1]] = (int(found[2]), int(found[3]))
    return chosen


def validated_database(env: environ.Env, *, default: str) -> dict[str, Any]:
    """The database DATABASE_URL names, PostgreSQL or SQLite. Raises ImproperlyConfigured."""
    url: str = env.str("DATABASE_URL", default=default)
    if urlsplit(url).scheme not in ("postgresql", "postgres", "sqlite"):
        raise ImproperlyConfigured("DATABASE_URL must look like postgresql://user:password@host:5432/name.")
    database: dict[str, Any] = env.db_url("DATABASE_URL", default=default)
    return database


def validated_email_url(value: str, *, development: bool) -> str:
    """Where letters go. Raises ImproperlyConfigured."""
    parts, scheme = urlsplit(value), urlsplit(value).scheme
    if scheme == "smtp" and parts.query not in ("", "tls=0", "tls=1"):
        raise ImproperlyConfigured(
            f"EMAIL_URL: after the ? of an smtp:// address stands tls=1 or tls=0, not {parts.query!r}."
        )
    if scheme in ("smtp", "smtps", "anymail") and parts.hostname:
        return value
    if scheme == "inbox" and development:
        return value
    raise ImproperlyConfigured(
        "EMAIL_URL must name a mail server, such as smtp://user:password@mail.example.com:587/?tls=1."
    )


def validated_ca_file(value: str) -> str:
    """A file with certificates of authorities, PEM. Raises ImproperlyConfigured."""
    try:
        if value:
            ssl.create_default_context().load_verify_locations(value)
    except OSError as fault:
        raise ImproperlyConfigured(
            f"MATRICULA_CA_FILE must name a file of certificates in PEM, not {value!r}: {fault}."
        ) from fault
    return value


def validated_name_servers(value: str) -> list[tuple[str, int]]:
    """Addresses such as 127.0.0.1:5353 or [::1]:53, between commas. Raises ImproperlyConfigured."""
    try:
        parts = [urlsplit(f"//{part}") for part in value.replace(",", " ").split()]
        return [(str(ipaddress.ip_address(one.hostname or "")), one.port or 53) for one in parts]
    except ValueError as fault:
        raise ImproperlyConfigured(
            f"MATRICULA_DNS must list name servers such as 127.0.0.1:5353: {fault}."
        ) from fault


def validated_networks(value: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Networks such as 10.1.0.0/16, fd00::/8 or one address, between commas. Raises ImproperlyConfigured."""
    try:
        return [ipaddress.ip_network(part) for part in value.replace(",", " ").split()]
    except ValueError as fault:
        raise ImproperlyConfigured(
            f"MATRICULA_PRIVATE_NETWORKS must list networks such as 10.1.0.0/16: {fault}."
        ) from fault


def validated_time_zone(value: str) -> str:
    """A name of the IANA time zone database. Raises ImproperlyConfigured."""
    if value in known_zones():
        return value
    raise ImproperlyConfigured(
        f"MATRICULA_TIME_ZONE must be a time zone such as Europe/Berlin or UTC, not {value!r}."
    )


def validated_mailbox(value: str) -> str:
    """The mailbox returned letters come to; without TLS only on this machine. Raises ImproperlyConfigured."""
    parts = urlsplit(value)
    open_ones = ("imap", "imaps") if parts.hostname in LOCAL else ("imaps",)
    if not value or (parts.scheme in open_ones and parts.hostname and parts.username):
        return value
    raise ImproperlyConfigured(
        "MATRICULA_BOUNCE_MAILBOX must look like imaps://user:password@mail.example.com/INBOX."
    )


def validated_address(name: str, value: str) -> str:
    """An address of whoever runs the site. Raises ImproperlyConfigured."""
    if re.fullmatch(r"[!-~]+@[A-Za-z0-9.-]+", value):
        return value
    raise ImproperlyConfigured(f"{name} must be an e-mail address, not {value!r}.")


def validated_webhook_secret(value: str) -> str:
    """What a provider proves itself with, `name:password`. Raises ImproperlyConfigured."""
    name, _, password = value.partition(":")
    if not value or (name and len(password) >= 16):
        return value
    raise ImproperlyConfigured(
        "MATRICULA_WEBHOOK_SECRET must look like name:password, with a password of 16 characters or more."
    )


def validated_metrics_token(value: str) -> str:
    """What whoever reads `/metrics` proves itself with. Raises ImproperlyConfigured."""
    if not value or re.fullmatch(r"[!-~]{16,}", value):
        return value
    raise ImproperlyConfigured(
        "MATRICULA_METRICS_TOKEN must be 16 characters or more, of ASCII and without blanks."
    )


def validated_base_url(value: str, *, development: bool) -> str:
    """`scheme://host[:port]` without a trailing slash; production asks for https."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        raise ImproperlyConfigured(f"BASE_URL must look like https://learn.example.com, not {value!r}.")
    local = parts.hostname in LOCAL
    if parts.scheme == "http" and not development and not local:
        raise ImproperlyConfigured("BASE_URL must begin with https:// in production.")
    if development and not local:
        raise ImproperlyConfigured(
            "MATRICULA_DEVELOPMENT must be false on a site that others reach, such as this BASE_URL."
        )
    return value.rstrip("/")
