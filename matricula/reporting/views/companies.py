"""What a company sees of somebody, for them to read: the very page, and who opened it when."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from matricula.accounts.models import Account
from matricula.accounts.views.account import own_account
from matricula.db.paging import keyset_page
from matricula.organizations.models import Organization
from matricula.programs.models import Membership
from matricula.reporting.models import ListReading, Reading
from matricula.reporting.person_pages import (
    Company,
    as_administrator,
    companies_of,
    invitations_shown,
    memberships_shown,
    person_page,
)
from matricula.reporting.readings import list_readings_with, readings_of
from matricula.web.access import signed_in

NEWEST = 5
"""Lines on the page itself; the others have pages of their own."""


@signed_in
@require_safe
def company(request: HttpRequest, slug: str) -> HttpResponse:
    account = own_account(request)
    company = own_company(account, slug)
    eyes = as_administrator(company.organization)
    with company.organization.calendar():
        memberships = memberships_shown(eyes, account.public_id)
        taken = lists_with(account, company.organization, memberships).order_by("-pk")
        context = {
            **person_page(eyes, memberships, account),
            "company": company,
            "organization": None,  # the page is the person's own and wears no company's colours
            "readings": some(readings_of(account, company.organization).order_by("-pk")),
            "list_readings": some(taken),
        }
        return render(request, "reporting/pages/company.html", context)


@signed_in
@require_safe
def readings(request: HttpRequest, slug: str) -> HttpResponse:
    account = own_account(request)
    company = own_company(account, slug)
    with company.organization.calendar():
        page = keyset_page(readings_of(account, company.organization), request.GET)
        return render(request, "reporting/pages/readings.html", {"company": company, "page": page})


@signed_in
@require_safe
def list_readings(request: HttpRequest, slug: str) -> HttpResponse:
    account = own_account(request)
    company = own_company(account, slug)
    with company.organization.calendar():
        page = keyset_page(lists_with(account, company.organization), request.GET)
        return render(request, "reporting/pages/list_readings.html", {"company": company, "page": page})


def own_company(account: Account, slug: str) -> Company:
    """404 for one that the account was never with."""
    for one in companies_of(account):
        if one.organization.slug == slug:
            return one
    raise Http404


def lists_with(
    account: Account, organization: Organization, memberships: list[Membership] | None = None
) -> "QuerySet[ListReading]":
    eyes = as_administrator(organization)
    if memberships is None:
        memberships = memberships_shown(eyes, account.public_id)
    return list_readings_with(memberships, invitations_shown(eyes, account), organization)


@dataclass(frozen=True)
class Some:
    """The newest, and whether there are more."""

    rows: list[Reading] | list[ListReading]
    more: bool


def some(rows: "QuerySet[Reading] | QuerySet[ListReading]") -> Some:
    found = list(rows[: NEWEST + 1])
    return Some(found[:NEWEST], len(found) > NEWEST)  # type: ignore[arg-type]
