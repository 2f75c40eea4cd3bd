"""Who learned what: each member with each course, to read and to take away."""

from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from matricula.audit.models import record
from matricula.bulk.verbs import bar_of
from matricula.files.tables import streamed_table_response, table_response
from matricula.organizations.access import acting_role, administering, overseeing
from matricula.organizations.models import Organization
from matricula.programs.models import Group, Membership, Program
from matricula.reporting.models import How, ListReading
from matricula.reporting.people import page_of_members, total_of
from matricula.reporting.readings import note_list_reading
from matricula.reporting.records import records_of, records_table
from matricula.web.heavy_work import heavy
from matricula.web.values import text_in

MOST_IN_A_WORKBOOK = 20_000
"""People: a workbook is made in memory. CSV has everybody."""


@overseeing
@require_safe
def learning_records(request: HttpRequest, organization: Organization) -> HttpResponse:
    role = acting_role(request)
    page = page_of_members(role, request.GET)
    context = {
        "organization": organization,
        "page": page,
        "records": records_of(page.rows, ZoneInfo(organization.time_zone)),
        "programs": Program.objects.shown_to(role).order_by("name"),
        "groups": Group.objects.shown_to(role).select_related("program").order_by("program__name", "name"),
        "states": [(state.value, str(state.label)) for state in Membership.State],
        "asked": request.GET,
        "most": MOST_IN_A_WORKBOOK,
        **bar_of(request.GET, total_of(role, request.GET)),
    }
    return render(request, "reporting/console/records.html", context)


@administering
@require_safe
@heavy
def learning_records_file(request: HttpRequest, organization: Organization, form: str) -> HttpResponseBase:
    """As CSV everybody who fits the search, as XLSX the newest MOST_IN_A_WORKBOOK. Taking it is noted."""
    if form not in ("csv", "xlsx"):
        raise Http404
    role, name = acting_role(request), f"{organization.slug}-learning-records"
    if request.method != "HEAD":
        note_records_taken(request, organization)
    if form == "csv":
        return streamed_table_response(records_table(role, request.GET), name)
    return table_response(records_table(role, request.GET, MOST_IN_A_WORKBOOK), name, form)


def note_records_taken(request: HttpRequest, organization: Organization) -> None:
    role = acting_role(request)
    program = organization.programs.filter(public_id=text_in(request.GET, "program")).first()
    part = any(text_in(request.GET, one) for one in ("q", "state", "group", "learned"))
    with transaction.atomic():
        record("people.exported", actor=role.account, organization=organization)
        note_list_reading(
            what=ListReading.What.PEOPLE,
            about=program,
            reader=role.account,
            role=role,
            how=How.FILE,
            is_part=part,
        )
