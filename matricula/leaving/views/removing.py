"""Removing somebody from a program, at once or on a day; and those whose day is still to come."""

from datetime import date

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from matricula.accounts.mailboxes import DAYS_OF_POWER
from matricula.db.days import day_there, end_of_day_in, today_there
from matricula.db.paging import keyset_page
from matricula.leaving.departing.ways_in import is_last_tie
from matricula.leaving.offboarding.holding import carry_out, hold_departure, take_back
from matricula.leaving.offboarding.models import HeldDeparture
from matricula.leaving.offboarding.program_ends import stranded_by_end
from matricula.leaving.offboarding.removal import stranding_by
from matricula.leaving.rehearsal.stranding import Stranding, work_emails_of
from matricula.organizations.access import acting_role, actor_of, administering
from matricula.organizations.models import Organization
from matricula.programs.memberships import end_membership
from matricula.programs.models import Membership
from matricula.web.access import FORM
from matricula.web.values import text_in

NOW, HELD = "now", "held"


def last_day(organization: Organization, days: int) -> str:
    moment = end_of_day_in(days, organization.time_zone)
    return date_format(day_there(moment, organization.time_zone), "SHORT_DATE_FORMAT")


@administering
@FORM
def removal(request: HttpRequest, organization: Organization, membership_id: int) -> HttpResponse:
    """The question; where it would take somebody's only way in, what is better than doing it at once."""
    shown = Membership.objects.shown_to(acting_role(request)).select_related(
        "account", "program__organization"
    )
    membership = get_object_or_404(shown, pk=membership_id)
    names = {"who": membership.account.full_name, "program": membership.program.name}
    person = ("people:somebody", organization.slug, membership.account.public_id)
    if not membership.is_removable:
        messages.info(request, _("%(who)s is no longer in %(program)s.") % names)
        return redirect(*person)
    stranding, when, news = stranding_by(membership), text_in(request.POST, "when"), ""
    if request.method == "POST" and (when == NOW or (stranding is None and not when)):
        end_membership(membership=membership, actor=actor_of(request), state=Membership.State.REMOVED)
        messages.success(request, _("%(who)s is no longer in %(program)s. The seat is free.") % names)
        return redirect(*person)
    if request.method == "POST" and when == HELD:
        hold_departure(
            organization=organization,
            account=membership.account_id,
            actor=actor_of(request),
            membership=membership,
        )
        words = _("%(who)s is written to, and leaves %(program)s at the end of %(day)s.")
        messages.success(request, words % {**names, "day": last_day(organization, settings.HELD_DAYS)})
        return redirect(*person)
    if request.method == "POST":
        news = _("Choose when.")
    context = {
        "organization": organization,
        "membership": membership,
        "person": membership.account,
        "program": membership.program,
        "stranding": stranding,
        "last": is_last_tie(membership),
        "held": HeldDeparture.objects.held().filter(membership=membership).first(),
        "day": last_day(organization, settings.HELD_DAYS),
        "power_ends": last_day(organization, DAYS_OF_POWER),
        "news": news,
    }
    return render(request, "leaving/console/remove.html", context, status=400 if news else 200)


@administering
@require_safe
def departures(request: HttpRequest, organization: Organization) -> HttpResponse:
    rows = HeldDeparture.objects.waiting().filter(organization=organization)
    shown = rows.select_related("membership__account", "membership__program", "organization", "asked_by")
    context = {"organization": organization, "page": keyset_page(rows, request.GET, shown=shown)}
    return render(request, "leaving/console/departures.html", context)


@administering
@require_safe
def program_end(request: HttpRequest, organization: Organization, program_id: str) -> HttpResponse:
    """Whom the program's end would strand, on its last day or on another that is thought of."""
    program = get_object_or_404(organization.programs, public_id=program_id)
    day = day_in(text_in(request.GET, "day")) or program.ends_on or today_there(organization.time_zone)
    people = stranded_by_end(program, day)
    page = keyset_page(people, request.GET, shown=work_emails_of(organization, people))
    rows = [(one, Stranding(one.stranding).label) for one in page.rows]
    context = {"organization": organization, "program": program, "page": page, "rows": rows, "day": day}
    return render(request, "leaving/console/program_end.html", context)


def day_in(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def held_of(organization: Organization, departure_id: str) -> HeldDeparture:
    rows = HeldDeparture.objects.filter(organization=organization)
    found: HeldDeparture = get_object_or_404(
        rows.select_related("organization", "membership__account", "membership__program"),
        public_id=departure_id,
    )
    return found


@administering
@require_POST
def removal_now(request: HttpRequest, organization: Organization, departure_id: str) -> HttpResponse:
    """Before its day."""
    departure = held_of(organization, departure_id)
    names = {"who": departure.membership.account.full_name, "program": departure.membership.program.name}
    if carry_out(departure=departure, actor=actor_of(request)):
        messages.success(request, _("%(who)s is no longer in %(program)s. The seat is free.") % names)
    else:
        messages.info(request, _("This was settled already."))
    return redirect("departures:departures", organization.slug)


@administering
@require_POST
def staying(request: HttpRequest, organization: Organization, departure_id: str) -> HttpResponse:
    departure = held_of(organization, departure_id)
    names = {"who": departure.membership.account.full_name, "program": departure.membership.program.name}
    if take_back(departure=departure, actor=actor_of(request)):
        messages.success(request, _("%(who)s stays in %(program)s, and is told so.") % names)
    else:
        messages.info(request, _("This was settled already."))
    return redirect("departures:departures", organization.slug)
