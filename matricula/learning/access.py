"""Who may open a course: its account, while a membership in any program that offers it is active."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from matricula.accounts.kept_forms import keep_for_later, show_again_where_typed
from matricula.db.queries import first_or_none
from matricula.identities.company_sessions import may_open
from matricula.learning.models import Enrolment
from matricula.learning.openings import SIGN_IN, opening_of
from matricula.programs.models import Membership, Program
from matricula.programs.sign_in_requirement import has_live_connection, is_admitted
from matricula.web.access import access_rule
from matricula.web.typed_forms import TypedForm

View = Callable[..., HttpResponseBase]


def learner(view: View) -> View:
    """Only somebody who is signed in, in person or by a company: then the page shows that company's alone."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
        return view(request, *args, **kwargs)

    return access_rule("learner", view, guarded)


def enrolled(view: View) -> View:
    """Hands the view the reader's Enrolment instead of the course's public id."""

    @wraps(view)
    def guarded(request: HttpRequest, public_id: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return come_back_to_lesson(request, public_id, **kwargs)
        rows = Enrolment.objects.select_related(
            "course__organization", "membership__program", "resumed_in__program", "last_lesson"
        )
        enrolment = first_or_none(rows.filter(account=request.user.pk, course__public_id=public_id))
        if enrolment is None or not may_open(request, enrolment.course.organization_id):
            raise Http404
        opening = opening_of(enrolment, partial(is_admitted, request))
        if opening.closed == SIGN_IN and opening.program:
            return ask_for_company_sign_in(
                request, opening.program, page_of_course(request, public_id, **kwargs)
            )
        if opening.closed:
            context = {"enrolment": enrolment, "program": opening.program}
            return render(request, f"learning/pages/{opening.closed}.html", context, status=403)
        with enrolment.course.organization.calendar():
            return view(request, enrolment, *args, **kwargs)

    return access_rule("enrolled", view, guarded)


def come_back_to_lesson(request: HttpRequest, public_id: str, key: str = "", **_: Any) -> HttpResponseBase:
    """To log in, and back to the course; to the lesson, when answers were sent: it shows them again."""
    if not key or TypedForm.of(request) is None:
        return come_back(request, "learning:course", public_id)
    show_again_where_typed(request)
    return redirect_to_login(reverse("learning:lesson", args=[public_id, key]))


def page_of_course(request: HttpRequest, public_id: str, key: str = "", **_: Any) -> str:
    """Where to come back to after something was sent, or a picture asked for: the lesson, else the course."""
    if key:
        return reverse("learning:lesson", args=[public_id, key])
    return reverse("learning:course", args=[public_id])


def ask_for_company_sign_in(request: HttpRequest, program: Program, page: str) -> HttpResponseBase:
    """A door to the company's own sign-in, and back to where one was. Answers that were sent meanwhile are
    kept for the page that leads here: it shows them again when it is open."""
    if request.method not in ("GET", "HEAD"):
        keep_for_later(request)
        return redirect(page)
    context = {
        "program": program,
        "organization": program.organization,
        "works": has_live_connection(program.organization_id),
        "back": request.get_full_path(),
    }
    return render(request, "learning/pages/sign_in.html", context, status=403)


def come_back(request: HttpRequest, page: str, public_id: str) -> HttpResponseBase:
    """To log in, and back to where one was; what was sent is asked for again on `page`."""
    return redirect_to_login(request.path if request.method == "GET" else reverse(page, args=[public_id]))


def member(view: View) -> View:
    """Hands the view the reader's active Membership instead of the program's public id."""

    @wraps(view)
    def guarded(request: HttpRequest, public_id: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return come_back(request, "learning:program", public_id)
        rows = Membership.objects.select_related("program__organization", "account")
        membership = first_or_none(rows.filter(account=request.user.pk, program__public_id=public_id))
        if membership is None or not may_open(request, membership.organization_id):
            raise Http404
        if not membership.is_current:
            context = {"program": membership.program}
            return render(request, "learning/pages/ended.html", context, status=403)
        if not is_admitted(request, membership.program):
            page = reverse("learning:program", args=[public_id])
            return ask_for_company_sign_in(request, membership.program, page)
        with membership.program.organization.calendar():
            return view(request, membership, *args, **kwargs)

    return access_rule("member", view, guarded)
