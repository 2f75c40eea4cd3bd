"""News from the outbox, for the rooms above."""

from django.dispatch import Signal

letter_settled = Signal()
