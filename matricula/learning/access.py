"""Who may open a course: its account, while a membership in a program that offers it is active."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from matricula.db.queries import first_or_none
from matricula.identities.company_sessions import may_open
from matricula.learning.models import Enrolment
from matricula.programs.models import Membership
from matricula.web.access import access_rule

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
            return come_back(request, "learning:course", public_id)
        rows = Enrolment.objects.select_related("course__organization", "membership__program", "last_lesson")
        enrolment = first_or_none(rows.filter(account=request.user.pk, course__public_id=public_id))
        if enrolment is None or not may_open(request, enrolment.course.organization_id):
            raise Http404
        closed = why_closed(enrolment.membership)
        if closed:
            context = {"enrolment": enrolment, "program": getattr(enrolment.membership, "program", None)}
            return render(request, f"learning/pages/{closed}.html", context, status=403)
        return view(request, enrolment, *args, **kwargs)

    return access_rule("enrolled", view, guarded)


def come_back(request: HttpRequest, page: str, public_id: str) -> HttpResponseBase:
    """To log in, and back to where one was; what was sent is asked for again on `page`."""
    return redirect_to_login(request.path if request.method == "GET" else reverse(page, args=[public_id]))


def why_closed(membership: Membership | None) -> str:
    """The page that says why a member's courses do not open, or nothing."""
    if membership is None or not membership.is_current:
        return "ended"
    return "" if membership.program.has_begun else "not_begun"


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
        return view(request, membership, *args, **kwargs)

    return access_rule("member", view, guarded)
