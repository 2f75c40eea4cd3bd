"""Companies: with whom one is, leaving a program, leaving an organization."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from matricula.accounts.access import freshly_signed_in
from matricula.accounts.models import Account
from matricula.accounts.views.account import own_account
from matricula.leaving.departing.companies import Company, companies_of
from matricula.leaving.departing.departing import leave_company, leave_program
from matricula.leaving.departing.ways_in import is_last_tie, way_in_without
from matricula.leaving.errors import NoOtherWayIn
from matricula.organizations.errors import LastOwner
from matricula.organizations.models import Organization
from matricula.programs.models import Membership
from matricula.web.access import FORM, signed_in
from matricula.web.values import text_in


@signed_in
@require_safe
def companies(request: HttpRequest) -> HttpResponse:
    account = own_account(request)
    rows = companies_of(account)
    for one in rows:
        if one.departures:
            one.way_in = way_in_without(one.organization, account)
    context = {
        "present": [one for one in rows if one.is_present],
        "past": [one for one in rows if not one.is_present],
    }
    return render(request, "leaving/pages/companies.html", context)


def claims_own(request: HttpRequest) -> bool:
    return text_in(request.POST, "own") == "on"


@freshly_signed_in
@FORM
def leave_program_page(request: HttpRequest, account: Account, program_id: str) -> HttpResponse:
    """What closes, what stays, and the question; a second tab finds that it is done."""
    rows = Membership.objects.select_related("program__organization", "account")
    membership = get_object_or_404(rows, account=account, program__public_id=program_id)
    program = membership.program
    if not membership.is_active:
        return already_out(request, program.name)
    news = ""
    if request.method == "POST":
        try:
            if not leave_program(membership=membership, claims_own=claims_own(request)):
                return already_out(request, program.name)
            messages.success(request, _("You left %s. Your progress and certificates are kept.") % program)
            return redirect("leaving:companies")
        except NoOtherWayIn as refusal:
            news = str(refusal)
    organization = program.organization
    last = is_last_tie(membership)
    company = companies_of(account, organization)[0]
    context = {"membership": membership, "program": program, "last": last, "closing": [membership]}
    return show_question(request, account, company, context, asks_way_in=last, news=news)


@freshly_signed_in
@FORM
def leave_company_page(request: HttpRequest, account: Account, slug: str) -> HttpResponse:
    organization = get_object_or_404(Organization, slug=slug)
    found = companies_of(account, organization)
    if not found:
        return render(request, "404.html", status=404)
    if not found[0].is_present:
        return already_out(request, organization.name)
    news = ""
    if request.method == "POST":
        try:
            if not leave_company(organization=organization, account=account, claims_own=claims_own(request)):
                return already_out(request, organization.name)
            words = _("You left %s. Your account, your progress and your certificates are kept.")
            messages.success(request, words % organization)
            return redirect("leaving:companies")
        except (NoOtherWayIn, LastOwner) as refusal:
            news = str(refusal)
    context = {"last": True, "closing": found[0].memberships}
    return show_question(request, account, found[0], context, asks_way_in=True, news=news)


def show_question(
    request: HttpRequest,
    account: Account,
    company: Company,
    context: dict[str, Any],
    *,
    asks_way_in: bool,
    news: str,
) -> HttpResponse:
    """`asks_way_in`: nothing ties the person to the organization afterwards."""
    way_in = way_in_without(company.organization, account)
    context |= {
        "company": company,
        "organization": company.organization,
        "name": (context.get("program") or company.organization).name,
        "way_in": way_in,
        "lacks_way_in": asks_way_in and not way_in.stands,
        "may_claim": way_in.stands_with(claims_own=True),
        "news": news,
    }
    return render(request, "leaving/pages/leave.html", context, status=409 if news else 200)


def already_out(request: HttpRequest, name: str) -> HttpResponse:
    messages.info(request, _("You are no longer in %s.") % name)
    return redirect("leaving:companies")
