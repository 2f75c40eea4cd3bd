"""Public ids: what a row is called in an address. They say nothing and cannot be guessed."""

import secrets

PUBLIC_ID_LENGTH = 22


def new_public_id() -> str:
    """128 random bits as 22 URL-safe characters."""
    return secrets.token_urlsafe(16)
