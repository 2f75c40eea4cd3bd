"""The moment of completion."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from matricula.catalog.models import Lesson
from matricula.learning.access import enrolled
from matricula.learning.models import Enrolment, Progress
from matricula.learning.openings import opening_of
from matricula.learning.outline import with_progress
from matricula.learning.what_next import specializations_completed_with, what_follows
from matricula.programs.sign_in_requirement import is_admitted
from matricula.web.values import text_in


def address_of_completion(enrolment: Enrolment, last: Lesson) -> str:
    """The page that tells of it; after a quiz it also tells how that went."""
    page = reverse("learning:completed", args=[enrolment.course.public_id])
    return f"{page}?quiz={last.key}" if last.kind == Lesson.Kind.QUIZ else page


@enrolled
@require_safe
def show_completion(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    """You completed it, your certificate, what comes next."""
    enrolment = with_progress(Enrolment.objects.select_related("account").filter(pk=enrolment.pk))[0]
    if enrolment.completed_at is None:
        return redirect("learning:course", enrolment.course.public_id)
    opening = opening_of(enrolment, partial(is_admitted, request))
    context = {
        "enrolment": enrolment,
        "course": enrolment.course,
        "program": opening.program,
        "specializations": specializations_completed_with(enrolment),
        "following": what_follows(enrolment, opening.membership) if opening.membership else [],
        "optional": enrolment.outline.next,  # type: ignore[attr-defined]
        "quiz": quiz_of(enrolment, text_in(request.GET, "quiz")),
    }
    return render(request, "learning/pages/completed.html", context)


def quiz_of(enrolment: Enrolment, key: str) -> dict[str, Any] | None:
    """The quiz that was the last lesson, and the best score there was."""
    rows = Progress.objects.filter(enrolment=enrolment, lesson__key=key, done_at__isnull=False)
    passed = rows.filter(lesson__withdrawn_at__isnull=True, score__isnull=False).select_related("lesson")
    found = passed.first()
    return {"lesson": found.lesson, "score": found.score} if found else None
