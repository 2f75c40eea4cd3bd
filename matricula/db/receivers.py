"""What is done as soon as a database answers."""

from typing import Any

from django.db.backends.signals import connection_created
from django.dispatch import receiver


@receiver(connection_created)
def lower_every_alphabet(sender: object, connection: Any, **_: Any) -> None:
    """SQLite's own `lower` knows A to Z only."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("lower", 1, lower_text, deterministic=True)


def lower_text(text: Any) -> Any:
    return text.lower() if isinstance(text, str) else text
