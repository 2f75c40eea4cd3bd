"""Secrets that open something: kept only as keyed digests, so that a leaked backup opens nothing."""

import base64
import hmac
import logging
import re
import secrets
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class SealUnreadable(Exception):
    """No key of this site opens it: it was sealed with one that is gone, or is none of ours."""


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
    return [hmac.digest(key_for(purpose, key), secret.encode(), "sha256").hex() for key in site_keys()]


def site_keys() -> list[str]:
    """The key of now, then those before it."""
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def is_digest_of(kept: str, purpose: str, secret: str) -> bool:
    """Whether `kept`, which may be anything that somebody sent, was made of `secret`, by whichever key."""
    given = kept.encode(errors="surrogatepass")  # of text no more than ASCII can be compared
    return any(hmac.compare_digest(one.encode(), given) for one in digests(purpose, secret))


@lru_cache(maxsize=64)
def key_for(purpose: str, secret_key: str) -> bytes:
    return hmac.digest(secret_key.encode(), f"matricula:{purpose}".encode(), "sha256")


def seal(purpose: str, text: str) -> str:
    """`text` encrypted and authenticated (Fernet), for secrets that must be read again.

    Kept in a `SealedField` (`seals.py`), so that `matricula reseal` finds it.
    """
    return _sealings(purpose)[0].encrypt(text.encode()).decode()


def unseal(purpose: str, sealed: str, *, seconds: int | None = None) -> str:
    """The text of `seal`, sealed at most so many `seconds` ago. Raises SealUnreadable."""
    try:
        return MultiFernet(_sealings(purpose)).decrypt(sealed.encode(), ttl=seconds).decode()
    except InvalidToken as unknown:
        raise SealUnreadable from unknown


def is_sealed_by_key_of_now(purpose: str, sealed: str) -> bool:
    try:
        _sealings(purpose)[0].decrypt(sealed.encode())
    except InvalidToken:
        return False
    return True


def _sealings(purpose: str) -> list[Fernet]:
    return [Fernet(base64.urlsafe_b64encode(key_for(f"seal:{purpose}", key))) for key in site_keys()]


SECRETS = re.compile(r"(/(?:join|confirm|reset|roles|stop-removal/\d+)/|matricula_)[A-Za-z0-9_-]{30,}")
"""In a line of the log: secrets of links and tokens are longer than any public id or name of a page."""


class SecretFilter(logging.Filter):
    """Takes the secrets of links and of API tokens out of log lines."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = SECRETS.sub(r"\1***", record.getMessage())
        record.args = ()
        return True
