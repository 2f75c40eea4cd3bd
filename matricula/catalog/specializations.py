"""Specializations: made, renamed, and the order of their courses."""

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.text import slugify

from matricula.accounts.models import Account
from matricula.audit.models import record
from matricula.catalog.errors import SeriesFull, TitleTaken
from matricula.catalog.models import Course, Specialization
from matricula.catalog.signals import course_taken_out
from matricula.organizations.models import Organization

ASIDE = 10_000
"""Beyond every place, so that places can be given anew without two courses meeting in one."""
MOST_COURSES = 100


@transaction.atomic
def make_specialization(
    *, organization: Organization, title: str, summary: str, actor: Account | None
) -> Specialization:
    """Raises TitleTaken."""
    slug = slugify(title)[:80] or "specialization"
    try:
        with transaction.atomic():
            made = Specialization.objects.create(
                organization=organization, slug=slug, title=title, summary=summary
            )
    except IntegrityError as taken:
        raise TitleTaken from taken
    record_specialization("specialization.made", made, actor, title=title)
    return made


@transaction.atomic
def describe_specialization(
    *, specialization: Specialization, values: dict[str, str], actor: Account | None
) -> None:
    """Title and summary; what is left out stays, whoever changes it at the same moment."""
    Specialization.objects.filter(pk=specialization.pk).update(**values)
    record_specialization("specialization.changed", specialization, actor, **values)


@transaction.atomic
def add_course_to(*, specialization: Specialization, course: Course, actor: Account | None) -> None:
    """At the end. Twice is once. Raises SeriesFull beyond MOST_COURSES."""
    ids = held_order(specialization)
    if course.pk in ids:
        return
    if len(ids) >= MOST_COURSES:
        raise SeriesFull
    specialization.steps.create(course=course, position=len(ids))
    record_specialization("specialization.course_added", specialization, actor, course=course.pk)


@transaction.atomic
def take_course_out(*, specialization: Specialization, course: Course, actor: Account | None) -> None:
    """Whoever has completed all the rest completes the Specialization by it (`learning/jobs.py`)."""
    ids = held_order(specialization)
    if course.pk in ids:
        specialization.steps.filter(course=course).delete()
        put_in_order(specialization, [one for one in ids if one != course.pk])
        record_specialization("specialization.course_removed", specialization, actor, course=course.pk)
        course_taken_out.send(Specialization, specialization=specialization)


@transaction.atomic
def move_course_in(*, specialization: Specialization, course: Course, by: int, actor: Account | None) -> None:
    """One place towards the beginning (`by` = -1) or the end (1), where there is one."""
    ids = held_order(specialization)
    here = ids.index(course.pk) if course.pk in ids else -1
    there = here + by
    if here >= 0 and 0 <= there < len(ids):
        ids[here], ids[there] = ids[there], ids[here]
        put_in_order(specialization, ids)
        record_specialization("specialization.reordered", specialization, actor, courses=ids)


def held_order(specialization: Specialization) -> list[int]:
    """The courses in their order, and nobody else changes it until the transaction ends."""
    Specialization.objects.select_for_update(no_key=True).get(pk=specialization.pk)
    return list(specialization.steps.order_by("position").values_list("course_id", flat=True))


def put_in_order(specialization: Specialization, courses: list[int]) -> None:
    specialization.steps.update(position=F("position") + ASIDE)
    for position, course in enumerate(courses):
        specialization.steps.filter(course=course).update(position=position)


def record_specialization(
    verb: str, specialization: Specialization, actor: Account | None, **after: object
) -> None:
    organization = specialization.organization_id
    record(verb, actor=actor, organization=organization, subject=specialization, after=after)
