"""An account in a course, and how far it has come."""

from collections.abc import Iterable
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from matricula.catalog.models import Course, Lesson, Specialization
from matricula.programs.models import Membership


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def of_members(self, memberships: Iterable[Membership]) -> Self:
        """Those that count for `memberships`."""
        ids = [one.pk for one in memberships]
        return self.filter(Q(membership__in=ids) | Q(resumed_in__in=ids))


class Enrolment(models.Model):
    """An account in a course. Memberships end; the enrolment and its progress stay.

    `membership` is the one START was pressed in, `resumed_in` the one the course was gone on with in after
    that had ended: what is counted as started and completed is counted for these (decision 39), whichever
    membership opens the course today (`openings.py`).
    """

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="enrolments")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="enrolments")
    membership = models.ForeignKey(
        Membership, null=True, on_delete=models.SET_NULL, related_name="enrolments"
    )
    resumed_in = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="resumed")
    started_at = models.DateTimeField(default=timezone.now)
    completed_at = models.DateTimeField(null=True)
    last_lesson = models.ForeignKey(Lesson, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "course"], name="an_account_once_in_a_course")
        ]


class SpecializationEnrolment(models.Model):
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="specialization_enrolments"
    )
    specialization = models.ForeignKey(Specialization, on_delete=models.PROTECT, related_name="enrolments")
    started_at = models.DateTimeField(default=timezone.now)
    completed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "specialization"], name="an_account_once_in_a_specialization"
            )
        ]


class Progress(models.Model):
    """How far an enrolment has come in one lesson."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="progress")
    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="progress")
    seconds = models.PositiveIntegerField(default=0)
    """The place in a video."""
    place = models.PositiveSmallIntegerField(default=0)
    """The place in a text, in thousandths of it."""
    answers = models.JSONField(default=dict)
    score = models.PositiveSmallIntegerField(null=True)
    done_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "lesson"], name="one_progress_a_lesson"),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__lte=100), name="score_is_a_percentage"
            ),
            models.CheckConstraint(condition=Q(place__lte=1000), name="place_is_in_thousandths"),
        ]


class LessonNote(models.Model):
    """What somebody wrote down for themselves at a lesson. Nobody else reads it: no company, no report."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="notes")
    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="+")
    text = models.TextField()
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "lesson"], name="one_note_a_lesson")]
