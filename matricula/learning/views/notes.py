"""Notes of one's own."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from matricula.accounts.kept_forms import forget_form
from matricula.learning.access import enrolled
from matricula.learning.models import Enrolment
from matricula.learning.notes import LONGEST_SENT, keep_note
from matricula.learning.views.courses import lesson_of
from matricula.web.values import text_in


@enrolled
@require_POST
def keep_own_note(request: HttpRequest, enrolment: Enrolment, key: str) -> HttpResponse:
    """Also of a lesson that was taken out meanwhile: what was typed is not lost."""
    lesson = lesson_of(enrolment, key)
    public_id = enrolment.course.public_id
    forget_form(request, reverse("learning:note", args=[public_id, key]))
    keep_note(enrolment=enrolment, lesson=lesson, text=text_in(request.POST, "note", longest=LONGEST_SENT))
    messages.success(request, _("Your note is kept. Only you see it."))
    if lesson.withdrawn_at:
        return redirect("learning:course", public_id)
    return redirect("learning:lesson", public_id, key)
