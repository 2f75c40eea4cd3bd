"""Between JOIN NOW and SET UP YOUR ACCOUNT: look around, choose, press START."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from matricula.accounts.errors import MailboxTaken
from matricula.catalog.browsing import browse, offered_courses, offered_specializations, with_lessons
from matricula.joining.access import holding_arrival
from matricula.joining.errors import JoiningError
from matricula.joining.linking import join_as
from matricula.joining.models import Arrival
from matricula.joining.pages.opening import refused
from matricula.programs.errors import ProgramFull


@holding_arrival
@require_safe
def courses(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    program = arrival.program
    context = {"arrival": arrival, "program": program, **browse(program, request.GET)}
    return render(request, "joining/pages/courses.html", context)


@holding_arrival
@require_safe
def course(request: HttpRequest, arrival: Arrival, course_id: str) -> HttpResponse:
    chosen = get_object_or_404(with_lessons(offered_courses(arrival.program)), public_id=course_id)
    context = {"arrival": arrival, "program": arrival.program, "course": chosen}
    return render(request, "joining/pages/course.html", context)


@holding_arrival
@require_safe
def specialization(request: HttpRequest, arrival: Arrival, specialization_id: str) -> HttpResponse:
    chosen = get_object_or_404(offered_specializations(arrival.program), public_id=specialization_id)
    context = {"arrival": arrival, "program": arrival.program, "specialization": chosen}
    return render(request, "joining/pages/specialization.html", context)


@holding_arrival
@require_POST
def start(request: HttpRequest, arrival: Arrival, kind: str, chosen_id: str) -> HttpResponse:
    """START: the choice is remembered through everything that follows."""
    arrival.course = arrival.specialization = None
    if kind == "course":
        arrival.course = get_object_or_404(offered_courses(arrival.program), public_id=chosen_id)
    else:
        offered = offered_specializations(arrival.program)
        arrival.specialization = get_object_or_404(offered, public_id=chosen_id)
    arrival.save(update_fields=["course", "specialization"])
    return go_on_with(request, arrival)


def go_on_with(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """The next thing the arrival lacks: an account, a work e-mail, proof of it, or nothing."""
    if arrival.account is None or arrival.account != request.user:
        return redirect("joining:account", arrival.public_id)
    if not arrival.work_email:
        return redirect("joining:work-email", arrival.public_id)
    try:
        join_as(arrival=arrival, account=arrival.account)
    except (MailboxTaken, ProgramFull, JoiningError) as refusal:
        return refused(request, refusal.code)
    return redirect("joining:confirm", arrival.public_id)
