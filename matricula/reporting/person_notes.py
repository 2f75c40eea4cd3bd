"""What higher rooms have to say of somebody on the page that an organization sees of them."""

from collections.abc import Callable

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
