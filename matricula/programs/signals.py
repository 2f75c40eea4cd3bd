"""News from programs: facts, told after they happened and inside their transaction."""

from django.dispatch import Signal

program_entered = Signal()
"""With the `membership` that is new, or active again."""
membership_ended = Signal()
"""With the `membership` that is over, and its `state`."""
