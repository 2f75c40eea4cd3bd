"""The first page of the console: where things stand, and what needs somebody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from matricula.invitations.queries import numbers_by_state
from matricula.joining.models import Request
from matricula.organizations.access import acting_role, viewing
from matricula.organizations.models import Organization, Role
from matricula.programs.seats import running_out
from matricula.reporting.numbers import STEPS, became_one, curves, funnel, over_time, share

MANY = 100


@viewing
@require_safe
def overview(request: HttpRequest, organization: Organization) -> HttpResponse:
    """A group manager starts at their own people."""
    if acting_role(request).kind == Role.Kind.GROUP_MANAGER:
        return redirect("people:people", organization.slug)
    numbers = funnel(organization)
    whole = max(numbers.values())
    context = {
        "organization": organization,
        "funnel": [(label, numbers[step], share(numbers[step], whole)) for step, label in STEPS.items()],
        "anybody": whole > 0,
        **trouble(organization),
        **timeline(organization),
    }
    return render(request, "reporting/console/overview.html", context)


def trouble(organization: Organization) -> dict[str, object]:
    """What needs attention. Beyond MANY, more is as good as the number."""
    waiting = Request.objects.waiting().filter(program__organization=organization)
    return {
        "failed": numbers_by_state(organization)["failed"],
        "waiting": len(waiting.values_list("pk")[:MANY]),
        "running_out": running_out(organization.pk),
    }


def timeline(organization: Organization) -> dict[str, object]:
    weeks = over_time(organization)
    names = (_("Invited"), _("Joined"), _("Completed"))
    drawn, top = curves(
        [(name, [numbers[place] for _day, numbers in weeks]) for place, name in enumerate(names)]
    )
    united = became_one(organization, weeks[0][0])
    return {"weeks": weeks, "curves": drawn, "top": top, "united": united}
