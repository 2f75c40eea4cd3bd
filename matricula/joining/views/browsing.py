"""Between JOIN NOW and SET UP YOUR ACCOUNT: look around, choose, press START."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from matricula.catalog.queries import with_lessons, with_steps
from matricula.db.queries import first_or_none
from matricula.joining.access import holding_arrival, is_own
from matricula.joining.models import Arrival
from matricula.joining.set_up import join_as
from matricula.programs.offer import browse, offered_courses, offered_specializations, was_offered
from matricula.web.redirects import belongs_to


@holding_arrival
@require_safe
def courses(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    program = arrival.program
    context = {"arrival": arrival, "program": program, **browse(program, request.GET)}
    return render(request, "joining/pages/courses.html", context)


@holding_arrival
@require_safe
def course(request: HttpRequest, arrival: Arrival, course_id: str) -> HttpResponse:
    chosen = first_or_none(with_lessons(offered_courses(arrival.program)).filter(public_id=course_id))
    if chosen is None:
        return taken_out(request, arrival, course_id)
    context = {"arrival": arrival, "program": arrival.program, "course": chosen}
    return render(request, "joining/pages/course.html", context)


@holding_arrival
@require_safe
def specialization(request: HttpRequest, arrival: Arrival, specialization_id: str) -> HttpResponse:
    chosen = first_or_none(
        with_steps(offered_specializations(arrival.program)).filter(public_id=specialization_id)
    )
    if chosen is None:
        return taken_out(request, arrival, specialization_id)
    context = {"arrival": arrival, "program": arrival.program, "specialization": chosen}
    return render(request, "joining/pages/specialization.html", context)


@holding_arrival
@require_POST
@belongs_to("joining:courses", "public_id")
def start(request: HttpRequest, arrival: Arrival, kind: str, chosen_id: str) -> HttpResponse:
    """START: the choice is remembered through everything that follows."""
    offered: QuerySet[Any] = (
        offered_courses(arrival.program) if kind == "course" else offered_specializations(arrival.program)
    )
    chosen = first_or_none(offered.order_by().filter(public_id=chosen_id).values_list("pk", flat=True))
    if chosen is None:
        return taken_out(request, arrival, chosen_id)
    arrival.course_id = arrival.specialization_id = None
    setattr(arrival, "course_id" if kind == "course" else "specialization_id", chosen)
    arrival.save(update_fields=["course", "specialization"])
    return go_on_with(request, arrival)


def taken_out(request: HttpRequest, arrival: Arrival, chosen_id: str) -> HttpResponse:
    """What was chosen is no longer offered: back to what is. Raises Http404 for what never was."""
    if not was_offered(arrival.program, chosen_id):
        raise Http404
    messages.warning(request, _("That was taken out of the program a moment ago. Choose something else."))
    return redirect("joining:courses", arrival.public_id)


def go_on_with(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """The next thing the arrival lacks: an account, a work e-mail, proof of it, or nothing."""
    if not is_own(request, arrival) or arrival.account is None:
        return redirect("joining:account", arrival.public_id)
    if not arrival.work_email:
        return redirect("joining:work-email", arrival.public_id)
    join_as(arrival=arrival, account=arrival.account)
    return redirect("joining:confirm", arrival.public_id)
