"""News from learning."""

from django.dispatch import Signal

courses_completed = Signal()
"""`enrolments`, a list: one of somebody who did the last lesson, hundreds after a change of a course."""
specializations_completed = Signal()
"""The same."""
lesson_done_again = Signal()
"""`enrolment`, which is held, and `lesson`: it had been done before."""
