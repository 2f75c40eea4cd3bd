"""News from accounts: facts, told after they happened and inside their transaction."""

from django.dispatch import Signal

address_confirmed = Signal()
account_reclaimed = Signal()
"""Before the mailbox is confirmed: whatever somebody else began with the account ends."""
