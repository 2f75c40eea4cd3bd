"""Reports: invited, joined, started, completed, by group and course and over time; as pages and files."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from matricula.files.tables import table_response
from matricula.organizations.access import overseeing
from matricula.organizations.models import Organization
from matricula.reporting.numbers import NumbersOfOne, by_course, by_group, share
from matricula.reporting.views.overview import timeline
from matricula.web.heavy_work import heavy


@overseeing
@require_safe
def reports(request: HttpRequest, organization: Organization) -> HttpResponse:
    groups, courses = by_group(organization), by_course(organization)
    context = {
        "organization": organization,
        "groups": [(one, share(one.completed, one.joined or 0)) for one in groups],
        "courses": [(one, share(one.completed, one.started)) for one in courses],
        **timeline(organization),
    }
    return render(request, "reporting/console/reports.html", context)


@overseeing
@require_safe
@heavy
def report_file(request: HttpRequest, organization: Organization, form: str) -> HttpResponse:
    if form not in ("csv", "xlsx"):
        raise Http404
    head = [_("Kind"), _("Name"), _("Program"), _("Invited"), _("Joined"), _("Started"), _("Completed")]
    lines = [(_("Group"), one) for one in by_group(organization)]
    lines += [(_("Course"), one) for one in by_course(organization)]
    rows: list[list[object]] = [[*head], *(row(kind, one) for kind, one in lines)]
    return table_response(rows, f"{organization.slug}-report", form)


def row(kind: str, line: NumbersOfOne) -> list[object]:
    numbers = (line.invited, line.joined, line.started, line.completed)
    return [kind, line.name, line.program, *("" if one is None else one for one in numbers)]
