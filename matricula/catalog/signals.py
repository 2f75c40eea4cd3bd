"""News from the catalog."""

from django.dispatch import Signal

course_taken_out = Signal()
"""Of a Specialization."""
