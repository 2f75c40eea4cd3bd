"""My learning, and what a program offers."""

from functools import partial
from urllib.parse import urlsplit

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from matricula.accounts.email_addresses import address_to_confirm
from matricula.accounts.sign_in import is_company_only
from matricula.accounts.views.account import own_account
from matricula.catalog.models import Specialization
from matricula.catalog.queries import with_lessons
from matricula.identities.company_sessions import open_organizations, shown_here
from matricula.learning.access import learner, member
from matricula.learning.enrolments import courses_to_start, start_course, start_specialization
from matricula.learning.models import Enrolment, SpecializationEnrolment
from matricula.learning.openings import find_openings
from matricula.learning.outline import with_progress
from matricula.learning.specializations import Series, page_to_begin, with_steps_done
from matricula.learning.standing import (
    courses_seen_by,
    place_courses,
    place_specializations,
    specializations_seen_by,
)
from matricula.organizations.models import Role
from matricula.programs.groups import join_group
from matricula.programs.models import Group, Membership, Program
from matricula.programs.offer import browse, offered_specializations, was_offered


@learner
@require_safe
def my_learning(request: HttpRequest) -> HttpResponse:
    """My learning: programs, in progress, completed."""
    account = request.user.pk or 0
    enrolments = with_progress(
        Enrolment.objects.filter(shown_here(request, "course__organization"), account=account)
    )
    memberships = Membership.objects.current().filter(shown_here(request, "organization"), account=account)
    started = SpecializationEnrolment.objects.filter(
        shown_here(request, "specialization__organization"), account=account
    )
    unfinished = [one for one in enrolments if not one.completed_at]
    completed = [one for one in enrolments if one.completed_at]
    openings = find_openings(unfinished)
    series = specializations_of(started, account, enrolments)
    under_way = [one for one in series if one.program and not one.enrolment.completed_at]
    in_series = {one.following.course.pk for one in under_way if one.following}
    programs, administers = (
        list(memberships.select_related("program__organization")),
        administers_here(request),
    )
    if administers and not (enrolments or programs or came_from_console(request)):
        return redirect("console")
    context = {
        "memberships": programs,
        "open_programs": programs_to_join(request),
        "in_progress": [
            one for one in unfinished if not openings[one.pk].closed and one.course_id not in in_series
        ],
        "resting": [one for one in unfinished if openings[one.pk].closed],
        "completed": completed,
        "series": under_way,
        "completed_series": [one for one in series if one.enrolment.completed_at],
        "to_confirm": address_to_confirm(own_account(request)),
        # A company that signs somebody in is not told which addresses the account has.
        "may_name": not is_company_only(request),
        "administers": administers,
    }
    return render(request, "learning/pages/home.html", context)


def administers_here(request: HttpRequest) -> bool:
    account = request.user.pk or 0
    return Role.objects.filter(shown_here(request, "organization"), account=account).exists()


def came_from_console(request: HttpRequest) -> bool:
    """Whoever has nothing to learn and an organization to administer is led there; but not from there, or
    the link to My learning would lead nowhere."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    return came_from.netloc == request.get_host() and came_from.path.startswith(reverse("console"))


def programs_to_join(request: HttpRequest) -> list[Program]:
    """Those the company's sign-in of this browser opens to everybody, and the reader is not in."""
    organizations = open_organizations(request)
    if not organizations:
        return []
    mine = Membership.objects.filter(account=request.user.pk or 0).exclude(state=Membership.State.LEFT)
    rows = Program.objects.current().filter(open_to_sign_in=True, organization__in=organizations)
    return list(rows.exclude(pk__in=mine.values("program")).select_related("organization").order_by("name"))


def specializations_of(
    started: QuerySet[SpecializationEnrolment], account: int, enrolments: list[Enrolment]
) -> list[Series]:
    """Those the person is in or has completed, each with its courses and the program that opens it."""
    rows = started.select_related("specialization__organization", "certificate").order_by(
        "-started_at", "-pk"
    )
    series = with_steps_done(rows, enrolments)
    if any(not one.enrolment.completed_at for one in series):
        mine = Program.objects.current().filter(memberships__account=account, memberships__state="active")
        open_in = {one: program for program, one in mine.values_list("public_id", "specializations")}
        for one in series:
            one.program = open_in.get(one.enrolment.specialization_id, "")
    return series


@member
@require_safe
def show_program(request: HttpRequest, membership: Membership) -> HttpResponse:
    program, account = membership.program, membership.account_id
    offered = browse(
        program,
        request.GET,
        courses_as=partial(courses_seen_by, account),
        specializations_as=partial(specializations_seen_by, account),
    )
    context = {
        "membership": membership,
        "program": program,
        **offered,
        "courses": place_courses(offered["courses"]),
        "specializations": place_specializations(offered["specializations"]),
        "open_groups": open_groups(membership),
    }
    return render(request, "learning/pages/program.html", context)


def open_groups(membership: Membership) -> list[Group]:
    """Those the member may still join. Most programs have none, and then nobody is asked which are joined."""
    groups = list(membership.program.groups.filter(is_open=True).order_by("name"))
    joined = set(membership.groups.values_list("pk", flat=True)) if groups else set()
    return [group for group in groups if group.pk not in joined]


@member
@require_safe
def offered_course(request: HttpRequest, membership: Membership, course_id: str) -> HttpResponse:
    course = with_lessons(courses_to_start(membership)).filter(public_id=course_id).first()
    if course is None:
        return taken_out(request, membership.program, course_id)
    context = {"membership": membership, "program": membership.program, "course": course}
    return render(request, "learning/pages/offered_course.html", context)


def specializations_shown(membership: Membership) -> QuerySet[Specialization]:
    """What the program offers, and what was withdrawn after the reader had started it."""
    started = SpecializationEnrolment.objects.filter(account=membership.account_id)
    open_ones = Q(withdrawn_at__isnull=True) | Q(pk__in=started.values("specialization"))
    return Specialization.objects.filter(open_ones, programs=membership.program_id)


@member
@require_safe
def offered_specialization(
    request: HttpRequest, membership: Membership, specialization_id: str
) -> HttpResponse:
    """A Specialization, and how far the reader has come in each of its courses."""
    program = membership.program
    specialization = specializations_shown(membership).filter(public_id=specialization_id).first()
    if specialization is None:
        return taken_out(request, program, specialization_id)
    enrolments = with_progress(
        Enrolment.objects.filter(account=membership.account, course__steps__specialization=specialization)
    )
    rows = membership.account.specialization_enrolments.filter(specialization=specialization)
    started = rows.select_related("certificate").first()
    shown = started or SpecializationEnrolment(specialization=specialization)
    series = with_steps_done([shown], enrolments)[0]
    context = {
        "membership": membership,
        "program": program,
        "specialization": specialization,
        "series": series,
        "awaited": not series.following and series.done > 0,
        "started": started,
    }
    return render(request, "learning/pages/offered_specialization.html", context)


@member
@require_POST
def start_learning(request: HttpRequest, membership: Membership, kind: str, chosen_id: str) -> HttpResponse:
    """START, for somebody who is a member already."""
    if kind == "course":
        course = courses_to_start(membership).filter(public_id=chosen_id).first()
        if course is None:
            return taken_out(request, membership.program, chosen_id)
        start_course(course=course, membership=membership)
        return redirect("learning:course", course.public_id)
    series = offered_specializations(membership.program).filter(public_id=chosen_id).first()
    if series is None:
        return taken_out(request, membership.program, chosen_id)
    begun = start_specialization(specialization=series, membership=membership)
    lesson = page_to_begin(begun)
    if lesson:
        return redirect(lesson)
    return redirect("learning:offered-specialization", membership.program.public_id, series.public_id)


def taken_out(request: HttpRequest, program: Program, chosen_id: str) -> HttpResponse:
    """What was chosen is no longer offered: back to what is. Raises Http404 for what never was."""
    if not was_offered(program, chosen_id):
        raise Http404
    messages.warning(request, _("That was taken out of the program a moment ago. Choose something else."))
    return redirect("learning:program", program.public_id)


@member
@require_POST
def join_open_group(request: HttpRequest, membership: Membership, group: int) -> HttpResponse:
    """A group that members join themselves."""
    chosen = get_object_or_404(membership.program.groups.filter(is_open=True), pk=group)
    if join_group(group=chosen, membership=membership):
        messages.success(request, _("You are in “%s” now.") % chosen.name)
    return redirect("learning:program", membership.program.public_id)
