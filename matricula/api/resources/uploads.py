"""Courses as files: handed in, looked at, taken in."""

from typing import Annotated

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import File, Query, UploadedFile

from matricula.api import schemas
from matricula.api.access import token_of
from matricula.api.operations import Operations
from matricula.api.paging import Asked, Page, page_of
from matricula.api.values import PathId
from matricula.catalog.models import CourseUpload
from matricula.catalog.uploads import ask_to_take, receive_upload

operations = Operations(tags=["Courses to take in"])
READ, WRITE = "catalog:read", "catalog:write"
UPLOADS = "course-uploads/"


def uploads_of(request: HttpRequest) -> "QuerySet[CourseUpload]":
    return token_of(request).organization.course_uploads.select_related("organization", "course")


@operations.reads(UPLOADS, scope=READ, response=Page[schemas.Upload])
def list_course_uploads(request: HttpRequest, asked: Query[Asked]) -> Page[schemas.Upload]:
    """Courses that were uploaded, the newest first. What nobody takes in is dropped after a day."""
    rows, following = page_of(request, uploads_of(request), asked)
    return Page(items=[schemas.Upload.of(row) for row in rows], next=following)


@operations.makes(UPLOADS, scope=WRITE, response=schemas.Upload, status=202)
def create_course_upload(
    request: HttpRequest, course: Annotated[UploadedFile, File(description="A zip, up to 512 MiB.")]
) -> schemas.Upload:
    """Upload a course. It is read; nothing changes before you have seen what would, and confirmed it."""
    token = token_of(request)
    made = receive_upload(upload=course, organization=token.organization, actor=token.made_by)
    return schemas.Upload.of(made)


@operations.reads(UPLOADS + "{public:upload_id}/", scope=READ, response=schemas.Upload)
def read_course_upload(request: HttpRequest, upload_id: PathId) -> schemas.Upload:
    """Every problem with its file and line, or what would change, lesson by lesson."""
    return schemas.Upload.of(get_object_or_404(uploads_of(request), public_id=upload_id))


@operations.makes(
    UPLOADS + "{public:upload_id}/confirmation/",
    scope=WRITE,
    response=schemas.Upload,
    status=202,
)
def confirm_course_upload(request: HttpRequest, upload_id: PathId) -> schemas.Upload:
    """Publish the course as it was shown.

    Where the course was changed meanwhile nothing is taken: it is `reading` again, and soon `ready` with
    a new `change`. Look at it, and confirm again.
    """
    upload = get_object_or_404(uploads_of(request), public_id=upload_id)
    ask_to_take(upload=upload, actor=token_of(request).made_by)
    return schemas.Upload.of(uploads_of(request).get(pk=upload.pk))
