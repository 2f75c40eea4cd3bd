"""The courses of an organization: the list, and one as its learners see it, out of the catalog and back."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from matricula.catalog.course_import import file_place
from matricula.catalog.models import Course
from matricula.catalog.preview import addressed, shown_questions
from matricula.catalog.queries import matching, with_lessons
from matricula.catalog.withdrawal import bring_back_to_catalog, withdraw_from_catalog
from matricula.db.paging import keyset_page
from matricula.files.responses import answer_with_file
from matricula.organizations.access import actor_of, administering, overseeing
from matricula.organizations.models import Organization


@overseeing
@require_safe
def courses(request: HttpRequest, organization: Organization) -> HttpResponse:
    """Searched by title and summary, the newest first."""
    rows = matching(organization.courses.all(), request.GET)
    if request.GET.get("state") in ("offered", "withdrawn"):
        rows = rows.filter(withdrawn_at__isnull=request.GET["state"] == "offered")
    page = keyset_page(rows, request.GET)
    counted = organization.courses.filter(pk__in=[one.pk for one in page.rows]).annotate(
        lessons_shown=Count("lessons", filter=Q(lessons__withdrawn_at__isnull=True), distinct=True),
        offered_in=Count("programs", distinct=True),
    )
    numbers = {one.pk: one for one in counted}
    context = {
        "organization": organization,
        "page": page,
        "courses": [numbers[one.pk] for one in page.rows],
        "asked": request.GET,
    }
    return render(request, "catalog/console/courses.html", context)


def course_of(organization: Organization, course_id: str) -> Course:
    return get_object_or_404(with_lessons(organization.courses.all()), public_id=course_id)


@overseeing
@require_safe
def course(request: HttpRequest, organization: Organization, course_id: str) -> HttpResponse:
    shown = course_of(organization, course_id)
    context = {
        "organization": organization,
        "course": shown,
        "description": addressed(shown, shown.description_html, base_of(organization, shown)),
        "programs": shown.programs.order_by("name"),
        "series": shown.steps.select_related("specialization").order_by("specialization__title"),
    }
    return render(request, "catalog/console/course.html", context)


def base_of(organization: Organization, course: Course) -> str:
    return reverse("content:course", args=[organization.slug, course.public_id])


@overseeing
@require_safe
def lesson(request: HttpRequest, organization: Organization, course_id: str, key: str) -> HttpResponse:
    """As its learners see it, but that nothing is kept; and of a quiz, with the answers."""
    shown = course_of(organization, course_id)
    lessons = [one for module in shown.modules.all() for one in module.lessons.all()]
    found = get_object_or_404(shown.lessons.filter(withdrawn_at__isnull=True), key=key)
    place, base = lessons.index(found), base_of(organization, shown)
    content: Any = addressed(shown, found.content, base)
    context = {
        "organization": organization,
        "course": shown,
        "lesson": found,
        "body": addressed(shown, found.body_html, base),
        "content": content,
        "questions": shown_questions(content),
        "before": lessons[place - 1] if place else None,
        "following": lessons[place + 1] if place + 1 < len(lessons) else None,
    }
    return render(request, "catalog/console/lesson.html", context)


@overseeing
@require_safe
def file(
    request: HttpRequest, organization: Organization, course_id: str, digest: str, name: str
) -> HttpResponseBase:
    """A picture, video or document of the course, for those who may look at the catalog."""
    files = get_object_or_404(organization.courses, public_id=course_id).files
    found = get_object_or_404(files, digest=digest, name=name)
    place = file_place(found.digest)
    return answer_with_file(
        request, place=place, name=found.name, content_type=found.content_type, digest=found.digest
    )


@administering
@require_POST
def withdrawal(request: HttpRequest, organization: Organization, course_id: str) -> HttpResponse:
    shown = get_object_or_404(organization.courses, public_id=course_id)
    if withdraw_from_catalog(offered=shown, actor=actor_of(request)):
        messages.success(request, _("Nobody new can start this course. Who started it goes on."))
    return redirect("content:course", organization.slug, shown.public_id)


@administering
@require_POST
def comeback(request: HttpRequest, organization: Organization, course_id: str) -> HttpResponse:
    shown = get_object_or_404(organization.courses, public_id=course_id)
    if bring_back_to_catalog(offered=shown, actor=actor_of(request)):
        messages.success(request, _("The course is back in the catalog."))
    return redirect("content:course", organization.slug, shown.public_id)
