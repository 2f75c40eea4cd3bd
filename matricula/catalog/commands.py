"""Courses from the shell."""

import argparse
import sys
from pathlib import Path

from matricula.commands.registry import argument, command


@command(
    "import-course",
    "take in a course, a folder or a zip",
    argument("organization", "the slug of the organization"),
    argument("source", "the folder or zip with course.yaml", type=Path),
)
def import_course(arguments: argparse.Namespace) -> int:
    from matricula.catalog.course_import import import_course as take_in
    from matricula.catalog.errors import CourseProblems
    from matricula.files.sandbox import ReaderKilled
    from matricula.organizations.models import Organization

    organization = Organization.objects.filter(slug=arguments.organization).first()
    if organization is None:
        print(f"There is no organization {arguments.organization!r}.", file=sys.stderr)
        return 1
    try:
        course = take_in(source=arguments.source, organization=organization)
    except CourseProblems as faults:
        print(faults, file=sys.stderr)
        return 1
    except ReaderKilled as fault:
        print(f"The course was not read to its end: {fault} Nothing was changed; try again.", file=sys.stderr)
        return 1
    print(f"{course.title}: {course.lessons.filter(withdrawn_at__isnull=True).count()} lessons taken in.")
    return 0
