"""News from the outbox, for the rooms above: `letters` of one or more kinds came to `state`."""

from django.dispatch import Signal

letters_ended = Signal()
