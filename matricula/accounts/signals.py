"""News from accounts: facts, told after they happened and inside their transaction."""

from django.dispatch import Signal

address_confirmed = Signal()
