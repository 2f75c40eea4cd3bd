"""The first page of the console: where things stand, and what needs somebody."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from matricula.db.paging import parse_id
from matricula.invitations.queries import numbers_by_state, unanswered
from matricula.joining.models import Request
from matricula.organizations.access import acting_role, overseeing, viewing
from matricula.organizations.models import Organization, Role
from matricula.programs.seats import level_of, running_out
from matricula.reporting.numbers import (
    RANGES,
    STEPS,
    WEEKS,
    became_one,
    by_course,
    by_group,
    curves,
    funnel,
    over_time,
    share,
)
from matricula.reporting.people import page_of_members
from matricula.web.values import text_in

MANY = 100


@viewing
@require_safe
def overview(request: HttpRequest, organization: Organization) -> HttpResponse:
    """A group manager starts at their own people."""
    if acting_role(request).kind == Role.Kind.GROUP_MANAGER:
        return redirect("people:people", organization.slug)
    program_id, weeks = text_in(request.GET, "program"), weeks_in(request.GET)
    numbers = funnel(organization, program_id)
    context = {
        "organization": organization,
        "funnel": steps_of_funnel(organization, numbers, program_id),
        "anybody": max(numbers.values()) > 0,
        "programs": organization.programs.order_by("name"),
        "asked": request.GET,
        "ranges": [(one, ngettext("%d week", "%d weeks", one) % one) for one in RANGES],
        "chosen_range": weeks,
        **trouble(organization),
        **timeline(organization, program_id, weeks),
    }
    return render(request, "reporting/console/overview.html", context)


def weeks_in(asked: Mapping[str, str]) -> int:
    number = parse_id(asked.get("weeks"))
    return number if number in RANGES else WEEKS


@dataclass(frozen=True)
class FunnelStep:
    """One bar: how many, how long it is drawn, how many percent of the step before, the list it opens."""

    label: str
    number: int
    percent: int
    rate: int | None
    page: str


def steps_of_funnel(
    organization: Organization, numbers: Mapping[str, int], program_id: str
) -> list[FunnelStep]:
    whole, steps = max(numbers.values()), []
    before: int | None = None
    for step, label in STEPS.items():
        number = numbers[step]
        rate = None if before is None else share(number, before)
        page = page_of_step(organization, step, program_id)
        steps.append(FunnelStep(str(label), number, share(number, whole), rate, page))
        before = number
    return steps


LISTS: dict[str, tuple[str, dict[str, str]]] = {
    "invited": ("invitations:invitations", {}),
    "joined": ("people:people", {}),
    "started": ("people:people", {"learned": "started"}),
    "completed": ("people:people", {"learned": "completed"}),
}
"""Where those are that a step counts. Opened is none: a list shows those who opened and went no further."""


def page_of_step(organization: Organization, step: str, program_id: str) -> str:
    if step not in LISTS:
        return ""
    name, search = LISTS[step]
    asked = {**search, **({"program": program_id} if program_id else {})}
    page = reverse(name, args=[organization.slug])
    return f"{page}?{urlencode(asked)}" if asked else page


def trouble(organization: Organization) -> dict[str, object]:
    """What needs attention. Beyond MANY, more is as good as the number."""
    waiting = Request.objects.waiting().filter(program__organization=organization)
    return {
        "failed": numbers_by_state(organization)["failed"],
        "waiting": len(waiting.values_list("pk")[:MANY]),
        "running_out": running_out(organization.pk),
    }


def timeline(organization: Organization, program_id: str = "", number: int = WEEKS) -> dict[str, object]:
    weeks = over_time(organization, program_id, number)
    names = (_("Invited"), _("Joined"), _("Completed"))
    drawn, top = curves(
        [(name, [numbers[place] for _day, numbers in weeks]) for place, name in enumerate(names)]
    )
    united = became_one(organization, weeks[0][0], program_id)
    return {"weeks": weeks, "curves": drawn, "top": top, "united": united}


NEWEST = 5


@overseeing
@require_safe
def program(request: HttpRequest, organization: Organization, program_id: str) -> HttpResponse:
    """One program: its seats, who is in, who is invited, how far they come; and from here on to each list."""
    found = get_object_or_404(organization.programs, public_id=program_id)
    numbers, invited = funnel(organization, program_id), numbers_by_state(organization, program_id)
    newest = page_of_members(acting_role(request), {"program": program_id, "state": "active"}, size=NEWEST)
    context = {
        "organization": organization,
        "program": found,
        "level": level_of(found),
        "funnel": steps_of_funnel(organization, numbers, program_id),
        "anybody": max(numbers.values()) > 0,
        "unanswered": unanswered(invited),
        "failed": invited["failed"],
        "newest": newest.rows,
        "more": newest.older,
        "groups": by_group(organization, program_id),
        "courses": [(one, share(one.completed, one.started)) for one in by_course(organization, program_id)],
        **timeline(organization, program_id),
    }
    return render(request, "reporting/console/program.html", context)
