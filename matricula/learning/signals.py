"""News from learning."""

from django.dispatch import Signal

course_completed = Signal()
specialization_completed = Signal()
