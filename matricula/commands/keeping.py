"""Work for an organization from the shell, by the same verbs as its console."""

import argparse
import sys
from pathlib import Path

from matricula.commands.registry import argument, command


@command(
    "create-organization",
    "make an organization and write to its owner",
    argument("slug", "its name in addresses, such as nordlicht"),
    argument("name", "its name, such as 'Nordlicht Energie'"),
    argument("owner", "the e-mail of its first owner"),
    argument("--owner-name", "the owner's full name"),
)
def create_organization(arguments: argparse.Namespace) -> int:
    from django.core.exceptions import ValidationError

    from matricula.organizations.ownership import found_organization

    try:
        organization = found_organization(
            slug=arguments.slug,
            name=arguments.name,
            owner_address=arguments.owner,
            owner_name=arguments.owner_name or arguments.owner.partition("@")[0],
        )
    except ValidationError as refusal:
        print(" ".join(refusal.messages), file=sys.stderr)
        return 1
    print(f"{organization.name} is there; {arguments.owner} owns it.")
    return 0


@command(
    "create-token",
    "make an API token of an organization and print it, once",
    argument("organization", "the slug of the organization"),
    argument("--name", "what uses it, for the audit log", required=True),
    argument("--scope", "may be given several times", action="append", required=True),
    argument("--expires-in", "90 unless told", type=int, default=90, metavar="DAYS"),
)
def create_token(arguments: argparse.Namespace) -> int:
    from matricula.api.errors import TokenUnusable
    from matricula.api.tokens import LONGEST_DAYS, SCOPES, grant_token
    from matricula.organizations.models import Organization

    organization = Organization.objects.filter(slug=arguments.organization).first()
    if organization is None:
        print(f"There is no organization {arguments.organization!r}.", file=sys.stderr)
        return 1
    wanted = {"name": arguments.name, "scopes": arguments.scope, "days": arguments.expires_in}
    try:
        _token, secret = grant_token(organization=organization, actor=None, **wanted)
    except TokenUnusable:
        scopes = ", ".join(SCOPES)
        print(f"--expires-in is 1 to {LONGEST_DAYS} days, --scope one of {scopes}.", file=sys.stderr)
        return 1
    print(secret)
    return 0


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


@command("recount", "complete and end what was left open, count everything from scratch and make it right")
def recount(arguments: argparse.Namespace) -> int:
    from matricula.invitations.jobs import settle_all_members
    from matricula.learning.recount import complete_stuck, recount_courses
    from matricula.programs.recount import end_lone_affiliations, wrong_numbers
    from matricula.programs.recount import recount_programs as make_right

    courses, series = complete_stuck()
    print(f"Courses that were done and are completed now, Specializations with their last course: {courses}.")
    print(f"Specializations of which all courses were completed already: {series}.")
    print(f"Work e-mails detached of people who are in no program any more: {end_lone_affiliations()}.")
    settle_all_members()
    recount_courses()
    for program, what, subject, more in wrong_numbers():
        print(f"Program {program}: {what} {subject} was wrong by {more}.")
    make_right()
    return 0
