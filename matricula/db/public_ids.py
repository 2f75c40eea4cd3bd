"""Public ids: what a row is called in an address. They say nothing and cannot be guessed."""

import base64
import secrets

from django.db import models

PUBLIC_ID_LENGTH = 22
BLOCK, CHARACTERS_OF_A_BLOCK = 18, 24
"""Base64 turns the one, in bytes, into the other without padding."""


def new_public_id() -> str:
    """128 random bits as 22 URL-safe characters."""
    return secrets.token_urlsafe(16)


def new_public_ids(count: int) -> list[str]:
    """Many at once, at a fraction of the cost."""
    whole = base64.urlsafe_b64encode(secrets.token_bytes(BLOCK * count)).decode()
    return [whole[at : at + PUBLIC_ID_LENGTH] for at in range(0, len(whole), CHARACTERS_OF_A_BLOCK)]


def public_id_field(*, unique: bool = True) -> "models.CharField[str, str]":
    """The column that names a row in addresses.

    With `unique=False` the model holds a constraint itself: for `unique` Django adds a second index on
    PostgreSQL, for prefixes, which a table of millions feels.
    """
    return models.CharField(max_length=PUBLIC_ID_LENGTH, unique=unique, default=new_public_id, editable=False)
