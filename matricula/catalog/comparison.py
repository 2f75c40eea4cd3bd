"""What taking a course in would change, lesson by lesson, before anything is changed."""

import json
from typing import Any

from matricula.catalog import courseformat
from matricula.catalog.course_import import values_of_course, values_of_lesson
from matricula.catalog.models import Course, Lesson
from matricula.organizations.models import Organization

Preview = dict[str, Any]
NEW, CHANGED, MOVED, SAME, RETURNED = "new", "changed", "moved", "same", "returned"


def compare_course(read: courseformat.Course, organization: Organization) -> Preview:
    """The outline as it would be, each lesson with its `state`; and the titles of those that would go."""
    course = Course.objects.filter(organization=organization, slug=read.slug).first()
    rows = course.lessons.select_related("module") if course else Lesson.objects.none()
    known = {(one.key, one.kind): one for one in rows}
    place = course or Course(organization=organization, slug=read.slug)
    modules = [
        {
            "title": module.title,
            "lessons": [
                lesson_line(read, place, lesson, known.get((lesson.key, lesson.kind)), (number, position))
                for position, lesson in enumerate(module.lessons)
            ],
        }
        for number, module in enumerate(read.modules)
    ]
    kept = {(lesson.key, lesson.kind) for module in read.modules for lesson in module.lessons}
    return {
        "title": read.title,
        "slug": read.slug,
        "course": course.public_id if course else "",
        "old_title": course.title if course else "",
        "returns": bool(course and course.withdrawn_at),
        "facts": changed_facts(course, read),
        "modules": modules,
        "gone": [one.title for same, one in known.items() if same not in kept and one.withdrawn_at is None],
        "counts": count_changes(modules),
    }


def lesson_line(
    read: courseformat.Course,
    course: Course,
    lesson: courseformat.Lesson,
    old: Lesson | None,
    place: tuple[int, int],
) -> dict[str, Any]:
    return {
        "title": lesson.title,
        "kind": lesson.kind,
        "minutes": lesson.minutes,
        "state": state_of(values_of_lesson(course, lesson, read.base), old, place),
    }


def state_of(values: dict[str, Any], old: Lesson | None, place: tuple[int, int]) -> str:
    if old is None:
        return NEW
    if old.withdrawn_at:
        return RETURNED
    # As the database gives it back: JSON knows no tuples.
    values["content"] = json.loads(json.dumps(values["content"]))
    if any(getattr(old, name) != value for name, value in values.items()):
        return CHANGED
    return SAME if (old.module.position, old.position) == place else MOVED


def changed_facts(course: Course | None, read: courseformat.Course) -> list[str]:
    """Names of what the course says of itself and would say otherwise."""
    values = values_of_course(read) if course else {}
    return [name for name, value in values.items() if getattr(course, name) != value]


def count_changes(modules: list[dict[str, Any]]) -> dict[str, int]:
    states = [one["state"] for module in modules for one in module["lessons"]]
    return {state: states.count(state) for state in (NEW, CHANGED, MOVED, SAME, RETURNED)}
