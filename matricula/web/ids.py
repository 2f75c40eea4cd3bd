"""Public ids: what a row is called in an address. They say nothing and cannot be guessed."""

import secrets

from django.db import models

PUBLIC_ID_LENGTH = 22


def new_public_id() -> str:
    """128 random bits as 22 URL-safe characters."""
    return secrets.token_urlsafe(16)


def public_id_field() -> "models.CharField[str, str]":
    """The column that names a row in addresses."""
    return models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id, editable=False)
