"""Secrets that open something: kept only as keyed digests, so that a leaked backup opens nothing."""

import base64
import hashlib
import hmac
import secrets

from cryptography.fernet import Fernet
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


def seal(purpose: str, text: str) -> str:
    """`text` encrypted and authenticated (Fernet), for secrets that must be read again."""
    return _sealing(purpose).encrypt(text.encode()).decode()


def unseal(purpose: str, sealed: str) -> str:
    """The text of `seal`. Raises InvalidToken when the key is another."""
    return _sealing(purpose).decrypt(sealed.encode()).decode()


def _sealing(purpose: str) -> Fernet:
    key = hmac.digest(settings.SECRET_KEY.encode(), f"matricula:seal:{purpose}".encode(), "sha256")
    return Fernet(base64.urlsafe_b64encode(key))
