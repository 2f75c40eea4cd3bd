"""Secrets that open something: kept only as keyed digests, so that a leaked backup opens nothing."""

import base64
import hmac
import logging
import re
import secrets
from functools import lru_cache

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
    return digests(purpose, secret)[0]


def digests(purpose: str, secret: str) -> list[str]:
    """The same by the key of now and by those before (SECRET_KEY_FALLBACKS): what was kept may be any."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [hmac.digest(key_for(purpose, key), secret.encode(), "sha256").hex() for key in keys]


@lru_cache(maxsize=64)
def key_for(purpose: str, secret_key: str) -> bytes:
    return hmac.digest(secret_key.encode(), f"matricula:{purpose}".encode(), "sha256")


def seal(purpose: str, text: str) -> str:
    """`text` encrypted and authenticated (Fernet), for secrets that must be read again."""
    return _sealing(purpose).encrypt(text.encode()).decode()


def unseal(purpose: str, sealed: str) -> str:
    """The text of `seal`. Raises InvalidToken when the key is another."""
    return _sealing(purpose).decrypt(sealed.encode()).decode()


def _sealing(purpose: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(key_for(f"seal:{purpose}", settings.SECRET_KEY)))


SECRETS = re.compile(r"(/(?:join|confirm|reset|roles)/|matricula_)[A-Za-z0-9_-]{30,}")
"""In a line of the log: secrets of links and tokens are longer than any public id or name of a page."""


class SecretFilter(logging.Filter):
    """Takes the secrets of links and of API tokens out of log lines."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = SECRETS.sub(r"\1***", record.getMessage())
        record.args = ()
        return True
