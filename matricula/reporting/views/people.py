"""People: who is in, who was, and one person's page."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from matricula.accounts.models import Account
from matricula.audit.models import record
from matricula.bulk.choosing import ticked_in
from matricula.bulk.verbs import bar_of
from matricula.files.tables import streamed_table_response
from matricula.organizations.access import acting_role, actor_of, administering, viewing
from matricula.organizations.models import Organization
from matricula.programs.models import Group, Membership, Program
from matricula.reporting.member_table import member_table
from matricula.reporting.models import How, ListReading
from matricula.reporting.people import group_names, matching_members, moved_to, page_of_members, total_of
from matricula.reporting.person_pages import memberships_shown, person_page
from matricula.reporting.readings import note_list_reading, note_reading
from matricula.web.heavy_work import heavy
from matricula.web.table_rows import Calendar, Row, row
from matricula.web.templatetags.web import avatar
from matricula.web.values import text_in


@viewing
@require_safe
def people(request: HttpRequest, organization: Organization) -> HttpResponse:
    role = acting_role(request)
    page = page_of_members(role, request.GET)
    groups = group_names(role, page.rows)
    states, calendar = {state.value: str(state.label) for state in Membership.State}, Calendar()
    context = {
        "organization": organization,
        "page": page,
        "rows": [member_row(one, groups.get(one.pk, "–"), states, calendar) for one in page.rows],
        "programs": Program.objects.shown_to(role).order_by("name"),
        "groups": Group.objects.shown_to(role).select_related("program").order_by("program__name", "name"),
        "states": states.items(),
        "asked": request.GET,
        **bar_of(request.GET, total_of(role, request.GET), "people.add_to_group"),
    }
    return render(request, "reporting/console/people.html", context)


@administering
@require_safe
@heavy
def export(request: HttpRequest, organization: Organization) -> HttpResponseBase:
    """Those that were ticked, or all that fit the search, as CSV, however many. Taking it is noted."""
    role = acting_role(request)
    chosen = ticked_in(request.GET)
    rows = matching_members(role, {} if chosen else request.GET)
    rows = rows.filter(pk__in=chosen) if chosen else rows
    if request.method != "HEAD":
        program = organization.programs.filter(public_id=text_in(request.GET, "program")).first()
        part = bool(chosen) or any(text_in(request.GET, one) for one in ("q", "state", "group", "learned"))
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
    return streamed_table_response(member_table(rows, organization), f"{organization.slug}-people")


def member_row(one: Any, groups: str, states: dict[str, str], calendar: Calendar) -> Row:
    """A member in the list, with what `page_of_members` found beside it."""
    return row(
        {"active": one.state == Membership.State.ACTIVE},
        label=states[one.state],
        avatar=avatar(one.full_name),
        name=one.full_name,
        account=one.account_public_id,
        work_email=one.work_email or "",
        program=one.program_name,
        groups=groups,
        pk=str(one.pk),
        joined=calendar.day(one.joined_at),
    )


@viewing
@require_safe
def somebody(request: HttpRequest, organization: Organization, account_id: str) -> HttpResponse:
    """One person, as far as the role sees them. They are told who looked, and when."""
    role = acting_role(request)
    memberships = memberships_shown(role, account_id)
    if not memberships and (moved := moved_to(role, account_id)):
        return to_their_page(organization, moved)
    account = memberships[0].account if memberships else get_object_or_404(Account.objects.none())
    if request.method != "HEAD":
        note_reading(person=account, reader=actor_of(request), role=role, how=How.PAGE)
    context = person_page(role, memberships, account)
    return render(request, "reporting/console/somebody.html", context)


def to_their_page(organization: Organization, account: Account) -> HttpResponse:
    """No browser keeps it: the person may have their two accounts again."""
    answer = redirect("people:somebody", organization.slug, account.public_id)
    answer.status_code = 307
    answer["Cache-Control"] = "no-store"
    return answer
