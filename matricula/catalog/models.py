"""What an organization offers to learn."""

from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from matricula.db.public_ids import public_id_field
from matricula.organizations.models import Organization


class Level(models.TextChoices):
    BEGINNER = "beginner", _("Beginner")
    INTERMEDIATE = "intermediate", _("Intermediate")
    ADVANCED = "advanced", _("Advanced")


def name_of_language(tag: str) -> str:
    """The language in its own words where it is known, else its tag (BCP 47)."""
    try:
        return str(get_language_info(tag)["name_local"]).capitalize()
    except KeyError:
        return tag


class CatalogQuerySet(models.QuerySet[Any]):
    def offered(self) -> Self:
        """In the catalog: what was withdrawn is nobody's to START."""
        return self.filter(withdrawn_at__isnull=True)


class Course(models.Model):
    """A course: modules of lessons, with a mark its quizzes ask for."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="courses")
    public_id = public_id_field()
    slug = models.SlugField(max_length=80)
    title = models.CharField(max_length=200)
    summary = models.CharField(max_length=400)
    description_html = models.TextField(blank=True)
    topic = models.CharField(max_length=80)
    level = models.CharField(max_length=12, choices=Level, default=Level.BEGINNER)
    language = models.CharField(max_length=10, default="en")
    minutes = models.PositiveIntegerField(default=0)
    pass_mark = models.PositiveSmallIntegerField(default=80)
    imported_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)

    objects = CatalogQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "slug"], name="a_course_address_once_in_a_company"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def address(self) -> str:
        """Where its learners open it (the setting COURSE_ADDRESS)."""
        return settings.COURSE_ADDRESS.format(course=self.public_id)

    @property
    def language_name(self) -> str:
        return name_of_language(self.language)


class Module(models.Model):
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="modules")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["course", "position"], name="a_place_for_each_module")]

    def __str__(self) -> str:
        return self.title


class Lesson(models.Model):
    """A reading, a video, a quiz or a file. `key` stays the same when the course is imported again.

    Where the kind changes under a key, the row of the old kind is withdrawn, with what was done in it.
    """

    class Kind(models.TextChoices):
        READING = "reading", _("Reading")
        VIDEO = "video", _("Video")
        QUIZ = "quiz", _("Quiz")
        FILE = "file", _("File")

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="lessons")
    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="lessons")
    key = models.SlugField(max_length=80)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=Kind)
    title = models.CharField(max_length=200)
    minutes = models.PositiveSmallIntegerField(default=5)
    required = models.BooleanField(default=True)
    body_html = models.TextField(blank=True)
    content = models.JSONField(default=dict)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "key"],
                condition=Q(withdrawn_at__isnull=True),
                name="a_lesson_key_once_in_a_course",
            ),
            models.UniqueConstraint(fields=["course", "key", "kind"], name="a_lesson_once_of_a_kind"),
        ]

    def __str__(self) -> str:
        return self.title


class CourseFile(models.Model):
    """A picture, video or document of a course. Its content lies under its digest (`course_import.py`)."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="files")
    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["course", "digest", "name"], name="a_file_once_under_a_name_in_a_course"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Specialization(models.Model):
    """An ordered series of courses with a certificate of its own."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="specializations")
    public_id = public_id_field()
    slug = models.SlugField(max_length=80)
    title = models.CharField(max_length=200)
    summary = models.CharField(max_length=400)
    description_html = models.TextField(blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = CatalogQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "slug"], name="a_specialization_address_once_in_a_company"
            )
        ]

    def __str__(self) -> str:
        return self.title


class SpecializationCourse(models.Model):
    specialization = models.ForeignKey(Specialization, on_delete=models.CASCADE, related_name="steps")
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["specialization", "course"], name="a_course_once_in_a_specialization"
            ),
            models.UniqueConstraint(fields=["specialization", "position"], name="a_place_for_each_course"),
        ]


class CourseUpload(models.Model):
    """A zip that was uploaded: read first, shown, and taken in when somebody says so."""

    class State(models.TextChoices):
        READING = "reading"
        FAULTY = "faulty"
        READY = "ready"
        TAKING = "taking"
        TAKEN = "taken"

    WAITING = (State.READING, State.READY, State.TAKING)
    """And so has its zip."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="course_uploads")
    public_id = public_id_field()
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.READING)
    problems = models.JSONField(default=list)
    preview = models.JSONField(default=dict)
    basis = models.DateTimeField(null=True)
    course = models.ForeignKey(Course, null=True, on_delete=models.SET_NULL, related_name="+")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    uploaded_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def folder() -> Path:
        return Path(settings.MEDIA_ROOT, "uploads")

    @property
    def place(self) -> Path:
        """Where the zip lies while it waits."""
        return self.folder() / f"{self.public_id}.zip"
