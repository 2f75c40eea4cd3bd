"""What must be right before the process may start; each fault stops it with one sentence."""

from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured


def required(env: environ.Env, name: str, *, development: bool, fallback: str) -> str:
    """The setting `name`, or in development `fallback`. Raises ImproperlyConfigured when it is too short."""
    value: str = env.str(name, default="")
    if not value and development:
        return fallback
    if len(value) < 32:
        raise ImproperlyConfigured(f"{name} must be set to at least 32 random characters.")
    return value


def validated_base_url(value: str, *, development: bool) -> str:
    """`scheme://host[:port]` without a trailing slash; production asks for https."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        raise ImproperlyConfigured(f"BASE_URL must look like https://learn.example.com, not {value!r}.")
    if parts.scheme == "http" and not development and parts.hostname not in ("127.0.0.1", "localhost"):
        raise ImproperlyConfigured("BASE_URL must begin with https:// in production.")
    return value.rstrip("/")
