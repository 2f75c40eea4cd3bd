"""News from the catalog."""

from django.dispatch import Signal

course_changed = Signal()
"""It was taken in again: it may ask for less than before."""
course_taken_out = Signal()
"""Of a Specialization, or of the catalog and so of each Specialization it is in."""
