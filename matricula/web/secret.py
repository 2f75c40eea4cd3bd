"""Secrets that open something: kept only as keyed digests, so that a leaked backup opens nothing."""

import hashlib
import hmac
import secrets

from django.conf import settings


def new_link_secret() -> str:
    """256 random bits, URL-safe."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """Six decimal digits."""
    return f"{secrets.randbelow(1_000_000):06d}"


def digest(purpose: str, secret: str) -> str:
    """HMAC-SHA256 of `secret` under a key of its own for each `purpose`; 64 hexadecimal digits."""
    key = hmac.digest(settings.SECRET_KEY.encode(), f"matricula:{purpose}".encode(), "sha256")
    return hmac.new(key, secret.encode(), hashlib.sha256).hexdigest()
