"""A course and its lessons, as the person enrolled in it sees them."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from matricula.accounts.kept_forms import forget_form, typed_before
from matricula.catalog.course_import import file_place
from matricula.catalog.models import Lesson
from matricula.files.responses import answer_with_file
from matricula.learning.access import enrolled
from matricula.learning.completion import (
    add_answers,
    finish_lesson,
    keep_answers,
    move_text,
    move_video,
    remember_place,
)
from matricula.learning.models import Enrolment, Progress
from matricula.learning.notes import LONGEST_SENT, notes_in, with_own_note
from matricula.learning.openings import opening_of
from matricula.learning.outline import with_progress
from matricula.learning.quizzes import (
    are_whole,
    draw_questions,
    mark_quiz,
    questions_of,
    read_answers,
    version_of,
)
from matricula.learning.searching import search_course
from matricula.learning.views.completed import address_of_completion
from matricula.programs.sign_in_requirement import is_admitted
from matricula.web.heavy_work import heavy
from matricula.web.values import number_in, text_in, texts_in

LONGEST_VIDEO_SECONDS = 24 * 3600
WHOLE_TEXT = 1000
LONGEST_SEARCH = 200


@enrolled
@require_safe
def show_course(request: HttpRequest, enrolment: Enrolment) -> HttpResponseBase:
    asked = text_in(request.GET, "q")[:LONGEST_SEARCH]
    return search_in_course(request, enrolment, asked) if asked else answer_with_course(request, enrolment)


@heavy
def search_in_course(request: HttpRequest, enrolment: Enrolment, asked: str) -> HttpResponse:
    """Every lesson is read for it."""
    return answer_with_course(request, enrolment, asked)


def answer_with_course(request: HttpRequest, enrolment: Enrolment, asked: str = "") -> HttpResponse:
    enrolment = with_progress(Enrolment.objects.filter(pk=enrolment.pk))[0]
    context = {
        "enrolment": enrolment,
        "course": enrolment.course,
        "program": opening_of(enrolment, partial(is_admitted, request)).program,
        "asked": asked,
        "found": search_course(enrolment.course, asked),
        "notes": notes_in(enrolment),
    }
    return render(request, "learning/pages/course.html", context)


@enrolled
@require_safe
def course_file(request: HttpRequest, enrolment: Enrolment, digest: str, name: str) -> HttpResponseBase:
    """A picture, video or document of the course, for those who may open the course."""
    file = get_object_or_404(enrolment.course.files, digest=digest, name=name)
    place = file_place(file.digest)
    return answer_with_file(
        request, place=place, name=file.name, content_type=file.content_type, digest=file.digest
    )


def lesson_of(enrolment: Enrolment, key: str) -> Lesson:
    """The one in the course now; else the last that was there under this key."""
    rows = with_own_note(enrolment.course.lessons.filter(key=key), enrolment)
    rows = rows.select_related("course", "module")
    found = rows.order_by(F("withdrawn_at").desc(nulls_first=True)).first()
    if found is None:
        raise Http404
    return found


def taken_out(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    """The lesson was taken out of the course while it was being read."""
    messages.warning(request, _("That lesson was taken out of the course. Go on with the next one."))
    return redirect("learning:course", enrolment.course.public_id)


@enrolled
@require_safe
def show_lesson(request: HttpRequest, enrolment: Enrolment, key: str) -> HttpResponse:
    shown = lesson_of(enrolment, key)
    if shown.withdrawn_at:
        return taken_out(request, enrolment)
    if request.method != "HEAD":
        remember_place(enrolment, shown)
    return render_lesson(request, enrolment, shown)


def render_lesson(request: HttpRequest, enrolment: Enrolment, shown: Lesson, **more: Any) -> HttpResponse:
    enrolment = with_progress(Enrolment.objects.filter(pk=enrolment.pk))[0]
    outline = enrolment.outline  # type: ignore[attr-defined]
    progress = Progress.objects.filter(enrolment=enrolment, lesson=shown).first()
    context = {
        "enrolment": enrolment,
        "course": enrolment.course,
        "lesson": shown,
        "progress": progress,
        "following": outline.after(shown),
        "before": outline.before(shown),
        "version": version_of(shown),
        "note": note_typed_before(request, enrolment, shown),
    }
    if shown.kind == Lesson.Kind.QUIZ and "given" not in more and not request.POST:
        more = {**answers_typed_before(request, enrolment, shown), **more}
        more = more or passed_before(request, shown, progress)
    if shown.kind == Lesson.Kind.QUIZ:
        given = more.get("given", progress.answers if progress else {})
        results, passed = more.get("results", []), more.get("passed", False)
        context["questions"] = draw_questions(questions_of(shown), given, results, passed=passed)
    return render(request, "learning/pages/lesson.html", {**context, **more})


def passed_before(request: HttpRequest, quiz: Lesson, progress: Progress | None) -> dict[str, Any]:
    """A quiz that was passed is shown with what was right, and why, as long as the answers that are kept
    would pass today; `again` asks for another try, which never takes anything away.
    """
    if progress is None or progress.done_at is None:
        return {}
    if "again" in request.GET:
        return {"given": {}, "best": progress.score}
    questions = questions_of(quiz)
    score, results = mark_quiz(questions, progress.answers)
    if not are_whole(questions, progress.answers) or not quiz.course.is_passed_with(score):
        return {"best": progress.score}
    return {"given": progress.answers, "score": score, "results": results, "passed": True, "reviewed": True}


def note_typed_before(request: HttpRequest, enrolment: Enrolment, lesson: Lesson) -> str:
    """The reader's note; what was sent after the session had ended comes before what is kept."""
    sent = typed_before(request, reverse("learning:note", args=[enrolment.course.public_id, lesson.key]))
    return text_in(sent, "note", longest=LONGEST_SENT) if sent else getattr(lesson, "own_note", None) or ""


def answers_typed_before(request: HttpRequest, enrolment: Enrolment, quiz: Lesson) -> dict[str, Any]:
    """Answers that were sent after the session had ended, as far as they fit what is asked now."""
    for name in ("learning:finish", "learning:answers"):
        sent = typed_before(request, reverse(name, args=[enrolment.course.public_id, quiz.key]))
        if sent:
            return {"given": read_answers(sent, questions_of(quiz)), "brought_back": True}
    return {}


@enrolled
@require_POST
def finish_lesson_page(request: HttpRequest, enrolment: Enrolment, key: str) -> HttpResponse:
    """A reading, a video or a file is done, or a quiz is handed in."""
    done = lesson_of(enrolment, key)
    forget_typed(request, enrolment, done)
    if done.withdrawn_at:
        return taken_out(request, enrolment)
    if done.kind == Lesson.Kind.QUIZ:
        return hand_in(request, enrolment, done)
    if text_in(request.POST, "version", version_of(done)) != version_of(done):
        messages.warning(request, _("This lesson has changed. Please look at it again."))
        return redirect("learning:lesson", enrolment.course.public_id, done.key)
    was_completed = enrolment.completed_at is not None
    finish_lesson(enrolment=enrolment, lesson=done)
    enrolment = with_progress(Enrolment.objects.filter(pk=enrolment.pk))[0]
    following = enrolment.outline.after(done)  # type: ignore[attr-defined]
    if enrolment.completed_at and not was_completed:
        return redirect(address_of_completion(enrolment, done))
    if following is None:
        return redirect("learning:course", enrolment.course.public_id)
    return redirect("learning:lesson", enrolment.course.public_id, following.key)


def hand_in(request: HttpRequest, enrolment: Enrolment, quiz: Lesson) -> HttpResponse:
    """Marked are answers to the questions that there are now; who saw others is asked again."""
    questions = questions_of(quiz)
    sent = read_answers(request.POST, questions)
    given = {one["key"]: sent[one["key"]] for one in questions}
    if text_in(request.POST, "version") != version_of(quiz):
        answered = {key: answer for key, answer in sent.items() if answer}
        add_answers(enrolment=enrolment, lesson=quiz, answers=answered)
        return render_lesson(request, enrolment, quiz, changed=True)
    if not all(given.values()):
        keep_answers(enrolment=enrolment, lesson=quiz, answers=given)
        return render_lesson(request, enrolment, quiz, unanswered=True)
    score, results = mark_quiz(questions, given)
    was_completed = enrolment.completed_at is not None
    finish_lesson(enrolment=enrolment, lesson=quiz, score=score, answers=given)
    if enrolment.completed_at and not was_completed:
        return redirect(address_of_completion(enrolment, quiz))
    passed = quiz.course.is_passed_with(score)
    return render_lesson(request, enrolment, quiz, given=given, score=score, results=results, passed=passed)


@enrolled
@require_POST
def keep_quiz_answers(request: HttpRequest, enrolment: Enrolment, key: str) -> HttpResponse:
    """SAVE, and whatever is chosen as it is chosen: then `changed` names the questions that were answered."""
    quiz = lesson_of(enrolment, key)
    by_itself = "changed" in request.POST
    if quiz.withdrawn_at or quiz.kind != Lesson.Kind.QUIZ:
        return HttpResponse(status=410) if by_itself else taken_out(request, enrolment)
    forget_typed(request, enrolment, quiz)
    save_answers(request, enrolment, quiz)
    if by_itself:
        return HttpResponse(status=204)
    messages.success(request, _("Your answers are saved. Hand in when you are ready."))
    return redirect("learning:lesson", enrolment.course.public_id, quiz.key)


def save_answers(request: HttpRequest, enrolment: Enrolment, quiz: Lesson) -> None:
    """Of a part of the questions, or of an earlier version, beside what is kept of the others."""
    sent, changed = read_answers(request.POST, questions_of(quiz)), texts_in(request.POST, "changed")
    if text_in(request.POST, "version") != version_of(quiz):
        add_answers(enrolment=enrolment, lesson=quiz, answers={key: one for key, one in sent.items() if one})
    elif changed:
        add_answers(
            enrolment=enrolment, lesson=quiz, answers={key: sent[key] for key in changed if key in sent}
        )
    else:
        keep_answers(enrolment=enrolment, lesson=quiz, answers=sent)


def forget_typed(request: HttpRequest, enrolment: Enrolment, quiz: Lesson) -> None:
    for name in ("learning:finish", "learning:answers"):
        forget_form(request, reverse(name, args=[enrolment.course.public_id, quiz.key]))


@enrolled
@require_POST
def keep_position(request: HttpRequest, enrolment: Enrolment, key: str) -> HttpResponse:
    """How far a video was watched, or a text read; sent by the page as it goes."""
    if "place" in request.POST:
        place = number_in(request.POST, "place", -1)
        if not 0 <= place <= WHOLE_TEXT:
            return HttpResponse(status=400)
        move_text(enrolment=enrolment, lesson=lesson_of(enrolment, key), place=place)
        return HttpResponse(status=204)
    seconds = number_in(request.POST, "seconds", -1)
    if not 0 <= seconds <= LONGEST_VIDEO_SECONDS:
        return HttpResponse(status=400)
    move_video(enrolment=enrolment, lesson=lesson_of(enrolment, key), seconds=seconds)
    return HttpResponse(status=204)
