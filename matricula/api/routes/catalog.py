"""Courses and Specializations, to read."""

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query

from matricula.api import shapes
from matricula.api.access import token_of
from matricula.api.door import Operations
from matricula.api.paging import Asked, Page, page_of
from matricula.api.values import PathId
from matricula.catalog.models import Course, Specialization

operations = Operations(tags=["Catalog"])


def courses_of(request: HttpRequest) -> "QuerySet[Course]":
    return token_of(request).organization.courses.prefetch_related("lessons")


def specializations_of(request: HttpRequest) -> "QuerySet[Specialization]":
    return token_of(request).organization.specializations.prefetch_related("series__course")


@operations.reads("courses/", scope="catalog:read", response=Page[shapes.Course])
def list_courses(request: HttpRequest, asked: Query[Asked]) -> Page[shapes.Course]:
    """All courses of the organization, the newest first, those that were withdrawn too."""
    rows, following = page_of(request, courses_of(request), asked)
    return Page(items=[shapes.Course.of(row) for row in rows], next=following)


@operations.reads("courses/{public:course_id}/", scope="catalog:read", response=shapes.Course)
def read_course(request: HttpRequest, course_id: PathId) -> shapes.Course:
    """One course."""
    return shapes.Course.of(get_object_or_404(courses_of(request), public_id=course_id))


@operations.reads("specializations/", scope="catalog:read", response=Page[shapes.Specialization])
def list_specializations(request: HttpRequest, asked: Query[Asked]) -> Page[shapes.Specialization]:
    """All Specializations, the newest first, each with its courses in order."""
    rows, following = page_of(request, specializations_of(request), asked)
    return Page(items=[shapes.Specialization.of(row) for row in rows], next=following)


@operations.reads(
    "specializations/{public:specialization_id}/", scope="catalog:read", response=shapes.Specialization
)
def read_specialization(request: HttpRequest, specialization_id: PathId) -> shapes.Specialization:
    """One Specialization."""
    row = get_object_or_404(specializations_of(request), public_id=specialization_id)
    return shapes.Specialization.of(row)
