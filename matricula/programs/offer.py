from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import Q, QuerySet

from matricula.catalog.models import Course, Level, Specialization, name_of_language
from matricula.catalog.queries import DURATIONS, FILTERS, matching, with_size


def unchanged(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows


def browse(
    program: Any,
    asked: Mapping[str, str],
    *,
    courses_as: Callable[[QuerySet[Any]], QuerySet[Any]] = unchanged,
    specializations_as: Callable[[QuerySet[Any]], QuerySet[Any]] = unchanged,
) -> dict[str, Any]:
    """What a page to browse needs: what fits, what was asked, and the choices that exist.

    `courses_as`, `specializations_as`: what a room above asks beside them, in the same statement.
    """
    courses = list(courses_as(offered_courses(program, asked)))
    whole = courses if not any(asked.get(name) for name in ("q", *FILTERS)) else offered_courses(program)
    kinds = {(one.topic, one.language) for one in whole}
    return {
        "asked": asked,
        "courses": courses,
        "specializations": specializations_as(with_size(offered_specializations(program, asked))),
        "topics": sorted({topic for topic, _ in kinds}),
        "languages": [(tag, name_of_language(tag)) for tag in sorted({language for _, language in kinds})],
        "levels": Level.choices,
        "filtered": any(asked.get(name) for name in FILTERS),
    }


def offered_courses(program: Any, asked: Mapping[str, str] | None = None) -> QuerySet[Course]:
    """What a program offers, alone or in a series. `asked`: q, topic, level, language, duration."""
    asked = asked or {}
    in_specializations = Q(
        steps__specialization__programs=program, steps__specialization__withdrawn_at__isnull=True
    )
    found: QuerySet[Course] = Course.objects.offered().filter(Q(programs=program) | in_specializations)
    courses = found.distinct().order_by("title")
    for name in ("topic", "level", "language"):
        if asked.get(name):
            courses = courses.filter(**{name: asked[name]})
    if asked.get("duration") in DURATIONS:
        courses = courses.filter(minutes__range=DURATIONS[asked["duration"]])
    return matching(courses, asked)


def courses_of_each(programs: Iterable[Any]) -> QuerySet[Any]:
    """What `offered_courses` finds for each, in one query: the program, the public id, the title."""
    courses, several = Course.objects.offered(), list(programs)
    alone = courses.filter(programs__in=several)
    in_specializations = courses.filter(
        steps__specialization__programs__in=several, steps__specialization__withdrawn_at__isnull=True
    )
    found = in_specializations.values_list("steps__specialization__programs", "public_id", "title")
    return alone.values_list("programs", "public_id", "title").union(found).order_by("title")


def programs_having(*, courses: Iterable[int], programs: Iterable[int]) -> dict[int, set[int]]:
    """By program: which of `courses` it has, alone or in a series, those that were withdrawn as well: whoever
    started them goes on.
    """
    several = list(programs)
    rows = Course.objects.filter(pk__in=list(courses))
    alone = rows.filter(programs__in=several).values_list("programs", "pk")
    in_specializations = rows.filter(steps__specialization__programs__in=several)
    found: dict[int, set[int]] = defaultdict(set)
    for program, course in alone.union(
        in_specializations.values_list("steps__specialization__programs", "pk")
    ):
        found[program].add(course)
    return found


def was_offered(program: Any, public_id: str) -> bool:
    """Whether the organization knows this course or Specialization: then it was taken out, not mistyped."""
    own = {"organization": program.organization_id, "public_id": public_id}
    return Course.objects.filter(**own).exists() or Specialization.objects.filter(**own).exists()


def offered_specializations(program: Any, asked: Mapping[str, str] | None = None) -> QuerySet[Specialization]:
    """Series of which a course fits, or all."""
    asked = asked or {}
    series: QuerySet[Specialization] = Specialization.objects.offered().filter(programs=program)
    if any(asked.get(name) for name in FILTERS):
        without_words = {name: value for name, value in asked.items() if name != "q"}
        fitting = offered_courses(program, without_words).values("pk")
        series = series.filter(steps__course__in=fitting).distinct()
    return matching(series.order_by("title"), asked)


def specializations_of_each(programs: Iterable[Any]) -> QuerySet[Any]:
    """As `courses_of_each`."""
    rows = Specialization.objects.offered().filter(programs__in=list(programs))
    return rows.values_list("programs", "public_id", "title").order_by("title")
