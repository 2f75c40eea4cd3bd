"""Courses as files: handed in, looked at, taken in."""

from typing import Annotated

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import File, Query, UploadedFile

from matricula.api import shapes
from matricula.api.access import token_of
from matricula.api.door import Operations
from matricula.api.paging import Asked, Page, page_of
from matricula.api.values import PathId
from matricula.catalog.models import CourseUpload
from matricula.catalog.uploading import ask_to_take, receive

operations = Operations(tags=["Courses to take in"])
READ, WRITE = "catalog:read", "catalog:write"
UPLOADS = "course-uploads/"


def uploads_of(request: HttpRequest) -> "QuerySet[CourseUpload]":
    return token_of(request).organization.course_uploads.select_related("organization", "course")


@operations.reads(UPLOADS, scope=READ, response=Page[shapes.Upload])
def list_course_uploads(request: HttpRequest, asked: Query[Asked]) -> Page[shapes.Upload]:
    """Courses that were uploaded, the newest first. What nobody takes in is dropped after a day."""
    rows, following = page_of(request, uploads_of(request), asked)
    return Page(items=[shapes.Upload.of(row) for row in rows], next=following)


@operations.makes(UPLOADS, scope=WRITE, response=shapes.Upload, status=202)
def create_course_upload(
    request: HttpRequest, course: Annotated[UploadedFile, File(description="A zip, up to 512 MiB.")]
) -> shapes.Upload:
    """Upload a course. It is read; nothing changes before you have seen what would, and confirmed it."""
    token = token_of(request)
    made = receive(upload=course, organization=token.organization, actor=token.made_by)
    return shapes.Upload.of(made)


@operations.reads(UPLOADS + "{public:upload_id}/", scope=READ, response=shapes.Upload)
def read_course_upload(request: HttpRequest, upload_id: PathId) -> shapes.Upload:
    """Every problem with its file and line, or what would change, lesson by lesson."""
    return shapes.Upload.of(get_object_or_404(uploads_of(request), public_id=upload_id))


@operations.makes(
    UPLOADS + "{public:upload_id}/confirmation/",
    scope=WRITE,
    response=shapes.Upload,
    status=202,
)
def confirm_course_upload(request: HttpRequest, upload_id: PathId) -> shapes.Upload:
    """Publish the course as it was shown.

    Where the course was changed meanwhile nothing is taken: it is `reading` again, and soon `ready` with
    a new `change`. Look at it, and confirm again.
    """
    upload = get_object_or_404(uploads_of(request), public_id=upload_id)
    ask_to_take(upload=upload, actor=token_of(request).made_by)
    return shapes.Upload.of(uploads_of(request).get(pk=upload.pk))
