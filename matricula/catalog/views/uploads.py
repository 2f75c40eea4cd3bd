"""Uploading a course: its problems with file and line, or what would change; then taking it in."""

from contextlib import suppress

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from matricula.catalog.errors import NotToTake, UploadsUsedUp, UploadTooLarge
from matricula.catalog.forms import UploadForm
from matricula.catalog.models import CourseUpload
from matricula.catalog.preview import sample_zip
from matricula.catalog.uploads import ask_to_take, receive_upload
from matricula.organizations.access import actor_of, administering, overseeing
from matricula.organizations.models import Organization
from matricula.web.bodies import MIB
from matricula.web.middleware import takes_files

State = CourseUpload.State


@administering
@require_http_methods(["GET", "HEAD", "POST"])
@takes_files(520 * MIB)
def upload(request: HttpRequest, organization: Organization) -> HttpResponse:
    sent = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if sent else UploadForm()
    if sent and form.is_valid():
        made = received(request, organization, form)
        if made:
            return redirect("content:uploaded", organization.slug, made.public_id)
    return render(request, "catalog/console/upload.html", {"organization": organization, "form": form})


def received(request: HttpRequest, organization: Organization, form: UploadForm) -> CourseUpload | None:
    try:
        return receive_upload(
            upload=form.cleaned_data["course"], organization=organization, actor=actor_of(request)
        )
    except (UploadsUsedUp, UploadTooLarge) as refusal:
        form.add_error("course", str(refusal))
        return None


def upload_of(organization: Organization, upload_id: str) -> CourseUpload:
    rows = organization.course_uploads.select_related("organization", "course")
    return get_object_or_404(rows, public_id=upload_id)


@administering
@require_safe
def uploaded(request: HttpRequest, organization: Organization, upload_id: str) -> HttpResponse:
    """Still reading, every problem, or what would change."""
    shown = upload_of(organization, upload_id)
    if shown.state == State.TAKEN and shown.course:
        messages.success(request, _("“%s” is taken in.") % shown.course.title)
        return redirect("content:course", organization.slug, shown.course.public_id)
    context = {"organization": organization, "upload": shown, "preview": shown.preview}
    return render(request, "catalog/console/uploaded.html", context)


@administering
@require_POST
def taking(request: HttpRequest, organization: Organization, upload_id: str) -> HttpResponse:
    shown = upload_of(organization, upload_id)
    with suppress(NotToTake):
        if not ask_to_take(upload=shown, actor=actor_of(request)):
            messages.warning(request, _("The course was changed meanwhile. Look again at what would change."))
    return redirect("content:uploaded", organization.slug, shown.public_id)


@overseeing
@require_safe
def sample(request: HttpRequest, organization: Organization) -> HttpResponse:
    """A small course that is whole, to write one's own after."""
    headers = {"Content-Disposition": 'attachment; filename="sample-course.zip"'}
    return HttpResponse(sample_zip(), content_type="application/zip", headers=headers)
