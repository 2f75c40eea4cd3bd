"""What higher rooms have to say of somebody on the page that an organization sees of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from matricula.accounts.models import Account
from matricula.organizations.models import Role

Notes = Callable[[Role, Account], list[str]]
_registered: list[Notes] = []


def notes_people(notes: Notes) -> Notes:
    """Register who writes notes: sentences that the role may read, of what the organization knew anyway."""
    _registered.append(notes)
    return notes


def notes_about(role: Role, account: Account) -> list[str]:
    return [note for notes in _registered for note in notes(role, account)]


@dataclass(frozen=True)
class Question:
    """A part of the page that asks the role something; the person reads it, too, without its buttons."""

    template: str
    values: dict[str, Any]


Asking = Callable[[Role, Account], "list[Question]"]
_asking: list[Asking] = []


def asks_about_people(asking: Asking) -> Asking:
    """Register who asks an organization about somebody."""
    _asking.append(asking)
    return asking


def questions_about(role: Role, account: Account) -> list[Question]:
    return [one for asking in _asking for one in asking(role, account)]
