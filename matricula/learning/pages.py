"""My learning, a program, a course, a lesson."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from matricula.catalog.browsing import offered_courses, offered_specializations
from matricula.catalog.models import Lesson
from matricula.learning.access import enrolled, member
from matricula.learning.completing import finish_lesson, mark, remember_place
from matricula.learning.models import Enrolment
from matricula.learning.outline import with_progress
from matricula.learning.starting import start_course, start_specialization
from matricula.programs.models import Membership
from matricula.web.access import signed_in


@signed_in
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """My learning: programs, in progress, completed."""
    enrolments = with_progress(Enrolment.objects.filter(account=request.user.pk))
    memberships = Membership.objects.filter(account=request.user.pk, state="active")
    context = {
        "memberships": memberships.select_related("program__organization"),
        "in_progress": [one for one in enrolments if not one.completed_at],
        "completed": [one for one in enrolments if one.completed_at],
    }
    return render(request, "learning/pages/home.html", context)


@member
@require_safe
def program(request: HttpRequest, membership: Membership) -> HttpResponse:
    program = membership.program
    context = {
        "membership": membership,
        "program": program,
        "courses": offered_courses(program, request.GET),
        "specializations": offered_specializations(program, request.GET),
        "asked": request.GET,
    }
    return render(request, "learning/pages/program.html", context)


@member
@require_safe
def offered_course(request: HttpRequest, membership: Membership, course_id: str) -> HttpResponse:
    course = get_object_or_404(offered_courses(membership.program), public_id=course_id)
    context = {"membership": membership, "program": membership.program, "course": course}
    return render(request, "learning/pages/offered_course.html", context)


@member
@require_POST
def start(request: HttpRequest, membership: Membership, kind: str, chosen_id: str) -> HttpResponse:
    """START, for somebody who is a member already."""
    if kind == "course":
        course = get_object_or_404(offered_courses(membership.program), public_id=chosen_id)
        start_course(course=course, membership=membership)
        return redirect("learning:course", course.public_id)
    series = get_object_or_404(offered_specializations(membership.program), public_id=chosen_id)
    start_specialization(specialization=series, membership=membership)
    return redirect("learning:home")


@enrolled
@require_safe
def course(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    enrolment = with_progress(Enrolment.objects.filter(pk=enrolment.pk))[0]
    return render(request, "learning/pages/course.html", {"enrolment": enrolment, "course": enrolment.course})


def lesson_of(enrolment: Enrolment, key: str) -> Lesson:
    rows = enrolment.course.lessons.select_related("course", "module")
    return get_object_or_404(rows, key=key, withdrawn_at__isnull=True)


@enrolled
@require_safe
def lesson(request: HttpRequest, enrolment: Enrolment, key: str) -> HttpResponse:
    shown = lesson_of(enrolment, key)
    remember_place(enrolment, shown)
    return render_lesson(request, enrolment, shown)


def render_lesson(request: HttpRequest, enrolment: Enrolment, shown: Lesson, **more: object) -> HttpResponse:
    enrolment = with_progress(Enrolment.objects.filter(pk=enrolment.pk))[0]
    outline = enrolment.outline  # type: ignore[attr-defined]
    following = outline.after(shown)
    context = {"enrolment": enrolment, "course": enrolment.course, "lesson": shown, "following": following}
    return render(request, "learning/pages/lesson.html", {**context, **more})


@enrolled
@require_POST
def finish(request: HttpRequest, enrolment: Enrolment, key: str) -> HttpResponse:
    """A reading or a video is done, or a quiz is handed in."""
    done = lesson_of(enrolment, key)
    if done.kind == Lesson.Kind.QUIZ:
        return hand_in(request, enrolment, done)
    finish_lesson(enrolment=enrolment, lesson=done)
    enrolment = with_progress(Enrolment.objects.filter(pk=enrolment.pk))[0]
    following = enrolment.outline.after(done)  # type: ignore[attr-defined]
    if following is None:
        return redirect("learning:course", enrolment.course.public_id)
    return redirect("learning:lesson", enrolment.course.public_id, following.key)


def hand_in(request: HttpRequest, enrolment: Enrolment, quiz: Lesson) -> HttpResponse:
    given = {question["key"]: request.POST.getlist(question["key"]) for question in quiz.content["questions"]}
    if not all(given.values()):
        return render_lesson(request, enrolment, quiz, given=given, unanswered=True)
    score, results = mark(quiz, given)
    finish_lesson(enrolment=enrolment, lesson=quiz, score=score, answers=given)
    passed = score >= quiz.course.pass_mark
    return render_lesson(request, enrolment, quiz, score=score, results=results, passed=passed)
