"""Who is linked with a company's sign-in: for the company's owners, and for the people themselves."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from matricula.accounts.access import freshly_signed_in
from matricula.accounts.models import Account
from matricula.accounts.views.account import own_account
from matricula.db.paging import keyset_page
from matricula.identities.identities import allow_again, end_for_company, end_identity, refusing
from matricula.identities.models import Identity
from matricula.organizations.access import actor_of, freshly_owning, owning
from matricula.organizations.models import Organization
from matricula.programs.sign_in_requirement import requiring_programs
from matricula.web.access import FORM, signed_in


@owning
@require_safe
def identities(request: HttpRequest, organization: Organization) -> HttpResponse:
    """Of the person the company sees what it said itself: never their own addresses."""
    rows = Identity.objects.filter(connection__organization=organization)
    page = keyset_page(rows.select_related("connection", "account"), request.GET)
    refused = refusing().filter(pk__in=[one.pk for one in page.rows]).values_list("pk", flat=True)
    context = {"organization": organization, "page": page, "refused": set(refused)}
    return render(request, "sso/console/identities.html", context)


@freshly_owning
@FORM
def ending(request: HttpRequest, organization: Organization, identity_id: str) -> HttpResponse:
    """A question, and its answer."""
    rows = Identity.objects.live().filter(connection__organization=organization)
    identity = get_object_or_404(rows.select_related("connection", "account"), public_id=identity_id)
    if request.method != "POST":
        requiring = list(requiring_programs(organization.pk))
        context = {"organization": organization, "identity": identity, "requiring": requiring}
        return render(request, "sso/console/end_identity.html", context)
    end_for_company(identity=identity, actor=actor_of(request))
    messages.success(request, _("The sign-in of %s has ended, and so have its sessions.") % identity.account)
    return redirect("sign-in:identities", organization.slug)


@freshly_owning
@FORM
def allowing(request: HttpRequest, organization: Organization, identity_id: str) -> HttpResponse:
    """Let it be linked again, after the company ended it."""
    rows = Identity.objects.filter(connection__organization=organization).select_related(
        "connection", "account"
    )
    identity = get_object_or_404(rows, public_id=identity_id)
    if request.method == "POST" and allow_again(identity=identity, actor=actor_of(request)):
        words = _("%s may link it again: the next time they sign in with it, they are asked.")
        messages.success(request, words % identity.account)
    return redirect("sign-in:identities", organization.slug)


@signed_in
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    rows = Identity.objects.live().filter(account=own_account(request)).order_by("pk")
    context = {"rows": rows.select_related("connection__organization")}
    return render(request, "sso/pages/mine.html", context)


@freshly_signed_in
@FORM
def my_ending(request: HttpRequest, account: Account, identity_id: str) -> HttpResponse:
    rows = Identity.objects.live().filter(account=account)
    identity = get_object_or_404(rows.select_related("connection__organization"), public_id=identity_id)
    if request.method != "POST":
        return render(request, "sso/pages/end_my_identity.html", {"identity": identity})
    end_identity(identity=identity, ended_by=Identity.EndedBy.PERSON, actor=account)
    messages.success(request, _("It no longer signs you in here."))
    return redirect("company-sign-ins:mine")
