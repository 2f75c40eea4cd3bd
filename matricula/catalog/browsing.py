"""What a program offers, searched and filtered."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet

from matricula.catalog.models import Course, Specialization

SHORT_COURSE_MINUTES = 60


def offered_courses(program: Any, asked: Mapping[str, str] | None = None) -> QuerySet[Course]:
    """What a program offers, alone or in a series. `asked`: q, topic, level, language, duration."""
    offered = Q(programs=program) | Q(series__specialization__programs=program)
    courses = Course.objects.filter(offered, withdrawn_at__isnull=True).distinct().order_by("title")
    for name in ("topic", "level", "language"):
        if asked and asked.get(name):
            courses = courses.filter(**{name: asked[name]})
    if asked and asked.get("duration") == "short":
        courses = courses.filter(minutes__lte=SHORT_COURSE_MINUTES)
    return matching(courses, asked)


def offered_specializations(program: Any, asked: Mapping[str, str] | None = None) -> QuerySet[Specialization]:
    series = Specialization.objects.filter(programs=program).prefetch_related("series__course")
    return matching(series.order_by("title"), asked)


def matching(rows: QuerySet[Any], asked: Mapping[str, str] | None) -> QuerySet[Any]:
    words = (asked or {}).get("q", "").split()
    for word in words:
        rows = rows.filter(Q(title__icontains=word) | Q(summary__icontains=word))
    return rows
