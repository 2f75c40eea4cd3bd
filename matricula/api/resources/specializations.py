"""Specializations: made, described, their courses in order, out of the catalog and back."""

from typing import Annotated, Literal

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query
from pydantic import Field

from matricula.api import schemas
from matricula.api.access import token_of
from matricula.api.lookups import row_by_id
from matricula.api.operations import Operations
from matricula.api.paging import Asked, Page, page_of
from matricula.api.values import Given, PathId, PublicId, Words
from matricula.catalog.models import Course, Specialization
from matricula.catalog.specializations import (
    add_course_to,
    describe_specialization,
    make_specialization,
    move_course_in,
    take_course_out,
)
from matricula.catalog.withdrawal import bring_back_to_catalog, withdraw_from_catalog

operations = Operations(tags=["Catalog"])
WRITE = "catalog:write"
ONE = "specializations/{public:specialization_id}/"
STEP = ONE + "courses/{public:course_id}/"
DIRECTIONS = {"up": -1, "down": 1}


class SpecializationChange(Given):
    title: Annotated[Words, Field(max_length=200, examples=["Safety at work"])] = None  # type: ignore[assignment]
    summary: Annotated[Words, Field(max_length=400, examples=["Know what to do."])] = None  # type: ignore[assignment]


class NewSpecialization(Given):
    title: Annotated[Words, Field(max_length=200, examples=["Safety at work"])]
    summary: Annotated[Words, Field(max_length=400, examples=["Know what to do."])]


class NewStep(Given):
    course: PublicId


class Move(Given):
    direction: Literal["up", "down"]


def specializations_of(request: HttpRequest) -> "QuerySet[Specialization]":
    return token_of(request).organization.specializations.prefetch_related("steps__course")


def one(request: HttpRequest, specialization_id: str) -> Specialization:
    return get_object_or_404(specializations_of(request), public_id=specialization_id)


def step(request: HttpRequest, specialization_id: str, course_id: str) -> tuple[Specialization, Course]:
    series = one(request, specialization_id)
    return series, get_object_or_404(Course.objects.filter(steps__specialization=series), public_id=course_id)


@operations.reads("specializations/", scope="catalog:read", response=Page[schemas.Specialization])
def list_specializations(request: HttpRequest, asked: Query[Asked]) -> Page[schemas.Specialization]:
    """All Specializations, the newest first, each with its courses in order."""
    rows, following = page_of(request, specializations_of(request), asked)
    return Page(items=[schemas.Specialization.of(row) for row in rows], next=following)


@operations.reads(ONE, scope="catalog:read", response=schemas.Specialization)
def read_specialization(request: HttpRequest, specialization_id: PathId) -> schemas.Specialization:
    """One Specialization."""
    return schemas.Specialization.of(one(request, specialization_id))


@operations.makes("specializations/", scope=WRITE, response=schemas.Specialization)
def create_specialization(request: HttpRequest, body: NewSpecialization) -> schemas.Specialization:
    """Make a Specialization. Put courses into it next."""
    token = token_of(request)
    made = make_specialization(
        organization=token.organization, title=body.title, summary=body.summary, actor=token.made_by
    )
    return schemas.Specialization.of(made)


@operations.changes(ONE, scope=WRITE, response=schemas.Specialization)
def update_specialization(
    request: HttpRequest, specialization_id: PathId, body: SpecializationChange
) -> schemas.Specialization:
    """Change title or summary. What is left out stays."""
    series = one(request, specialization_id)
    values = body.model_dump(exclude_unset=True)
    if values:
        describe_specialization(specialization=series, values=values, actor=token_of(request).made_by)
    return read_specialization(request, specialization_id)


@operations.makes(ONE + "courses/", scope=WRITE, response=schemas.Specialization)
def add_course_to_specialization(
    request: HttpRequest, specialization_id: PathId, body: NewStep
) -> schemas.Specialization:
    """Put a course at the end. Twice is once."""
    series, token = one(request, specialization_id), token_of(request)
    courses = token.organization.courses.filter(withdrawn_at__isnull=True)
    chosen = row_by_id(courses, body.course, "#/course")
    add_course_to(specialization=series, course=chosen, actor=token.made_by)
    return read_specialization(request, specialization_id)


@operations.makes(STEP + "moves/", scope=WRITE, response=schemas.Specialization, status=200)
def move_course_in_specialization(
    request: HttpRequest, specialization_id: PathId, course_id: PathId, body: Move
) -> schemas.Specialization:
    """One place up or down, where there is one."""
    series, course = step(request, specialization_id, course_id)
    by = DIRECTIONS[body.direction]
    move_course_in(specialization=series, course=course, by=by, actor=token_of(request).made_by)
    return read_specialization(request, specialization_id)


@operations.ends(STEP, scope=WRITE)
def take_course_out_of_specialization(
    request: HttpRequest, specialization_id: PathId, course_id: PathId
) -> None:
    """Take a course out of the series. It stays in the catalog."""
    series, course = step(request, specialization_id, course_id)
    take_course_out(specialization=series, course=course, actor=token_of(request).made_by)


@operations.makes(ONE + "withdrawal/", scope=WRITE, response=schemas.Specialization, status=200)
def withdraw_specialization(request: HttpRequest, specialization_id: PathId) -> schemas.Specialization:
    """Take a Specialization out of the catalog. Who started it goes on. Twice is once."""
    withdraw_from_catalog(offered=one(request, specialization_id), actor=token_of(request).made_by)
    return read_specialization(request, specialization_id)


@operations.makes(ONE + "comeback/", scope=WRITE, response=schemas.Specialization, status=200)
def bring_specialization_back(request: HttpRequest, specialization_id: PathId) -> schemas.Specialization:
    """Bring a withdrawn Specialization back to the catalog. Twice is once."""
    bring_back_to_catalog(offered=one(request, specialization_id), actor=token_of(request).made_by)
    return read_specialization(request, specialization_id)
