"""What a program offers, searched and filtered."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from matricula.catalog.models import Course, Lesson, Module, Specialization, SpecializationCourse

DURATIONS = {"short": (0, 60), "medium": (61, 180), "long": (181, 1_000_000)}
"""From and to, in minutes."""
FILTERS = ("topic", "level", "language", "duration")


def with_lessons(courses: QuerySet[Course]) -> QuerySet[Course]:
    """Together with their modules and lessons, in order."""
    lessons = Lesson.objects.filter(withdrawn_at__isnull=True).order_by("position")
    modules = Module.objects.order_by("position").prefetch_related(Prefetch("lessons", lessons))
    return courses.prefetch_related(Prefetch("modules", modules))


STEPS = SpecializationCourse.objects.filter(course__withdrawn_at__isnull=True)
SIZE = STEPS.filter(specialization=OuterRef("pk")).order_by().values("specialization").values(n=Count("pk"))


def with_steps(series: QuerySet[Specialization]) -> QuerySet[Specialization]:
    """Together with their courses, in order."""
    return series.prefetch_related(Prefetch("steps", STEPS.select_related("course")))


def with_size(series: QuerySet[Specialization]) -> QuerySet[Specialization]:
    """Together with `size`, how many courses they have."""
    return series.annotate(size=Coalesce(Subquery(SIZE), 0))


def matching(rows: QuerySet[Any], asked: Mapping[str, str]) -> QuerySet[Any]:
    for word in asked.get("q", "").split()[:10]:
        rows = rows.filter(Q(title__icontains=word) | Q(summary__icontains=word))
    return rows
