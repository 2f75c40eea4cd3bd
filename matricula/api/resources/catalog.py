"""Courses, to read; out of the catalog and back."""

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query

from matricula.api import schemas
from matricula.api.access import token_of
from matricula.api.operations import Operations
from matricula.api.paging import Asked, Page, page_of
from matricula.api.values import PathId
from matricula.catalog.models import Course
from matricula.catalog.withdrawal import bring_back_to_catalog, withdraw_from_catalog

operations = Operations(tags=["Catalog"])


def courses_of(request: HttpRequest) -> "QuerySet[Course]":
    return token_of(request).organization.courses.prefetch_related("lessons")


@operations.reads("courses/", scope="catalog:read", response=Page[schemas.Course])
def list_courses(request: HttpRequest, asked: Query[Asked]) -> Page[schemas.Course]:
    """All courses of the organization, the newest first, those that were withdrawn too."""
    rows, following = page_of(request, courses_of(request), asked)
    return Page(items=[schemas.Course.of(row) for row in rows], next=following)


@operations.reads("courses/{public:course_id}/", scope="catalog:read", response=schemas.Course)
def read_course(request: HttpRequest, course_id: PathId) -> schemas.Course:
    """One course."""
    return schemas.Course.of(get_object_or_404(courses_of(request), public_id=course_id))


@operations.makes(
    "courses/{public:course_id}/withdrawal/", scope="catalog:write", response=schemas.Course, status=200
)
def withdraw_course(request: HttpRequest, course_id: PathId) -> schemas.Course:
    """Take a course out of the catalog. Nobody new can START it; who started it goes on. Twice is once."""
    course = get_object_or_404(courses_of(request), public_id=course_id)
    withdraw_from_catalog(offered=course, actor=token_of(request).made_by)
    return read_course(request, course_id)


@operations.makes(
    "courses/{public:course_id}/comeback/", scope="catalog:write", response=schemas.Course, status=200
)
def bring_course_back(request: HttpRequest, course_id: PathId) -> schemas.Course:
    """Bring a withdrawn course back to the catalog. Twice is once."""
    course = get_object_or_404(courses_of(request), public_id=course_id)
    bring_back_to_catalog(offered=course, actor=token_of(request).made_by)
    return read_course(request, course_id)
