"""Specializations: made, described, their courses in order, out of the catalog and back."""

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from matricula.catalog.errors import SeriesFull, TitleTaken
from matricula.catalog.forms import CourseForm, SpecializationForm
from matricula.catalog.models import Course, Specialization
from matricula.catalog.specializations import (
    add_course_to,
    describe_specialization,
    make_specialization,
    move_course_in,
    take_course_out,
)
from matricula.catalog.withdrawal import bring_back_to_catalog, withdraw_from_catalog
from matricula.organizations.access import actor_of, administering, overseeing
from matricula.organizations.models import Organization
from matricula.web.access import FORM

DIRECTIONS = {"up": -1, "down": 1}


@overseeing
@require_safe
def specializations(request: HttpRequest, organization: Organization) -> HttpResponse:
    rows = organization.specializations.annotate(
        courses=Count("steps", distinct=True), offered_in=Count("programs", distinct=True)
    )
    context = {"organization": organization, "specializations": rows.order_by("title")}
    return render(request, "catalog/console/specializations.html", context)


@administering
@FORM
def new(request: HttpRequest, organization: Organization) -> HttpResponse:
    form = SpecializationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = make_specialization(
                organization=organization, actor=actor_of(request), **form.cleaned_data
            )
        except TitleTaken as refusal:
            form.add_error("title", str(refusal))
        else:
            return redirect("content:specialization", organization.slug, made.public_id)
    context = {"organization": organization, "form": form}
    return render(request, "catalog/console/new_specialization.html", context)


def specialization_of(organization: Organization, specialization_id: str) -> Specialization:
    return get_object_or_404(organization.specializations, public_id=specialization_id)


@overseeing
@require_safe
def specialization(request: HttpRequest, organization: Organization, specialization_id: str) -> HttpResponse:
    """Its words and the order of its courses, for those who may look; `describe` changes the words."""
    shown = specialization_of(organization, specialization_id)
    return render_specialization(request, organization, shown, SpecializationForm(instance=shown))


def render_specialization(
    request: HttpRequest, organization: Organization, shown: Specialization, form: SpecializationForm
) -> HttpResponse:
    steps = list(shown.steps.select_related("course").order_by("position"))
    others = organization.courses.filter(withdrawn_at__isnull=True).exclude(
        pk__in=[one.course_id for one in steps]
    )
    context = {
        "organization": organization,
        "specialization": shown,
        "form": form,
        "steps": steps,
        "adding": CourseForm(others.order_by("title")) if others.exists() else None,
        "programs": shown.programs.order_by("name"),
    }
    return render(request, "catalog/console/specialization.html", context)


@administering
@require_POST
def describe(request: HttpRequest, organization: Organization, specialization_id: str) -> HttpResponse:
    shown = specialization_of(organization, specialization_id)
    form = SpecializationForm(request.POST, instance=specialization_of(organization, specialization_id))
    if not form.is_valid():
        return render_specialization(request, organization, shown, form)
    describe_specialization(specialization=shown, values=form.cleaned_data, actor=actor_of(request))
    messages.success(request, _("Saved."))
    return redirect("content:specialization", organization.slug, shown.public_id)


@administering
@require_POST
def adding(request: HttpRequest, organization: Organization, specialization_id: str) -> HttpResponse:
    shown = specialization_of(organization, specialization_id)
    form = CourseForm(organization.courses.filter(withdrawn_at__isnull=True), request.POST)
    if form.is_valid():
        try:
            add_course_to(specialization=shown, course=form.cleaned_data["course"], actor=actor_of(request))
        except SeriesFull as refusal:
            messages.warning(request, str(refusal))
    return redirect("content:specialization", organization.slug, shown.public_id)


def step_of(
    organization: Organization, specialization_id: str, course_id: str
) -> tuple[Specialization, Course]:
    shown = specialization_of(organization, specialization_id)
    return shown, get_object_or_404(Course.objects.filter(steps__specialization=shown), public_id=course_id)


@administering
@require_POST
def moving(
    request: HttpRequest, organization: Organization, specialization_id: str, course_id: str, direction: str
) -> HttpResponse:
    """One place up or down, by a button, for those who have no mouse."""
    shown, course = step_of(organization, specialization_id, course_id)
    if direction not in DIRECTIONS:
        raise Http404
    move_course_in(specialization=shown, course=course, by=DIRECTIONS[direction], actor=actor_of(request))
    return redirect("content:specialization", organization.slug, shown.public_id)


@administering
@require_POST
def removal(
    request: HttpRequest, organization: Organization, specialization_id: str, course_id: str
) -> HttpResponse:
    shown, course = step_of(organization, specialization_id, course_id)
    take_course_out(specialization=shown, course=course, actor=actor_of(request))
    words = _("“%s” is no longer part of it. Whoever has completed all the rest gets the certificate now.")
    messages.success(request, words % course.title)
    return redirect("content:specialization", organization.slug, shown.public_id)


@administering
@require_POST
def withdrawal(request: HttpRequest, organization: Organization, specialization_id: str) -> HttpResponse:
    shown = specialization_of(organization, specialization_id)
    if withdraw_from_catalog(offered=shown, actor=actor_of(request)):
        messages.success(request, _("Nobody new can start this Specialization. Who started it goes on."))
    return redirect("content:specialization", organization.slug, shown.public_id)


@administering
@require_POST
def comeback(request: HttpRequest, organization: Organization, specialization_id: str) -> HttpResponse:
    shown = specialization_of(organization, specialization_id)
    if bring_back_to_catalog(offered=shown, actor=actor_of(request)):
        messages.success(request, _("The Specialization is back in the catalog."))
    return redirect("content:specialization", organization.slug, shown.public_id)
